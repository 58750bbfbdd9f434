import { Problem } from "./problem";

/** How long an answer may take to begin. Once it has begun it may take any time: networks are slow. */
const TIMEOUT_MS = 15_000;

/** `fetch` that fails in one way only: no answer in time is a Problem `network`, a bad answer the Problem it tells. */
export async function request(input: RequestInfo | URL, init?: RequestInit): Promise<Response> {
  const outer = init?.signal ?? (input instanceof Request ? input.signal : null);
  const controller = new AbortController();
  const abort = () => {
    controller.abort(outer?.reason);
  };
  if (outer?.aborted) abort();
  outer?.addEventListener("abort", abort, { once: true }); // the body, too: a stream is ended by it
  const timer = setTimeout(() => {
    controller.abort();
  }, TIMEOUT_MS);
  try {
    const response = await fetch(input, { ...init, signal: controller.signal });
    if (!response.ok) throw await Problem.from(response);
    return response;
  } catch (error) {
    if (error instanceof Problem || outer?.aborted) throw error;
    throw Problem.network();
  } finally {
    clearTimeout(timer);
  }
}
