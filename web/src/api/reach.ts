import { Problem } from "./problem";

/** A connection that hangs is none. How long an answer takes once it has begun is not asked: networks are slow. */
const PATIENCE_MS = 15_000;

/** `fetch` that fails in one way only: no answer in time is a Problem `network`, a bad answer the Problem it tells. */
export async function reach(input: RequestInfo | URL, init?: RequestInit): Promise<Response> {
  const asked = init?.signal ?? (input instanceof Request ? input.signal : null);
  const ending = new AbortController();
  const end = () => {
    ending.abort(asked?.reason);
  };
  if (asked?.aborted) end();
  asked?.addEventListener("abort", end, { once: true }); // the body, too: a stream is ended by it
  const timer = setTimeout(() => {
    ending.abort();
  }, PATIENCE_MS);
  try {
    const response = await fetch(input, { ...init, signal: ending.signal });
    if (!response.ok) throw await Problem.from(response);
    return response;
  } catch (error) {
    if (error instanceof Problem || asked?.aborted) throw error;
    throw Problem.silence();
  } finally {
    clearTimeout(timer);
  }
}
