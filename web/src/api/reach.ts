import { Problem } from "./problem";

/** `fetch` that fails in one way only: no answer is a Problem `network`, a bad answer the Problem it tells. */
export async function reach(input: RequestInfo | URL, init?: RequestInit): Promise<Response> {
  const response = await fetch(input, init).catch((error: unknown) => {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw Problem.silence();
  });
  if (!response.ok) throw await Problem.from(response);
  return response;
}
