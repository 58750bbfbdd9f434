import { Problem } from "~/api/problem";
import type { Ticket } from "~/api/types";

/** Milliseconds without progress after which an upload is given up. */
const TIMEOUT_MS = 30_000;

/**
 * Sends `photo` where its ticket says, with exactly the headers it gives. `onProgress` is called with the share that was sent.
 * XMLHttpRequest, since fetch does not tell how far an upload is. Throws a Problem, also when nothing moves any more.
 */
export function upload(
  ticket: Pick<Ticket, "upload_method" | "upload_url" | "upload_headers">,
  photo: Blob,
  { signal, onProgress }: { signal?: AbortSignal | undefined; onProgress?: (share: number) => void } = {},
): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open(ticket.upload_method, ticket.upload_url);
    for (const [name, value] of Object.entries(ticket.upload_headers)) {
      // The browser sets the length itself and forbids everybody else to.
      if (name.toLowerCase() !== "content-length") request.setRequestHeader(name, value);
    }
    let timer: ReturnType<typeof setTimeout> | undefined;
    const moved = () => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        reject(Problem.network());
        request.abort();
      }, TIMEOUT_MS);
    };
    const cancel = () => {
      request.abort();
    };
    request.upload.onprogress = ({ loaded, total }) => {
      moved();
      onProgress?.(total ? loaded / total : 0);
    };
    request.onload = () => {
      if (request.status >= 200 && request.status < 300) resolve();
      else void Problem.from(answered(request)).then(reject);
    };
    request.onerror = () => {
      reject(Problem.network());
    };
    request.onabort = () => {
      reject(new DOMException("cancelled", "AbortError"));
    };
    request.onloadend = () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", cancel);
    };
    signal?.addEventListener("abort", cancel);
    moved();
    request.send(photo);
    if (signal?.aborted) cancel();
  });
}

function answered(request: XMLHttpRequest): Response {
  const headers = new Headers();
  for (const name of ["Content-Type", "Retry-After", "X-Request-ID"]) {
    const value = request.getResponseHeader(name);
    if (value) headers.set(name, value);
  }
  return new Response(request.responseText, { status: request.status || 500, headers });
}
