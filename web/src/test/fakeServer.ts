import { vi } from "vitest";

type Answer = Readonly<{ status?: number; body?: unknown; headers?: Record<string, string> }> | "silence";
type Asked = Readonly<{ method: string; path: string; search: string; headers: Headers; body: string }>;

/** Replaces `fetch`: answers with what `route` gives, and records the requests. */
export function fakeServer(route: (asked: Asked) => Answer): { asked: Asked[] } {
  const asked: Asked[] = [];
  vi.stubGlobal("fetch", async (input: RequestInfo | URL, init?: RequestInit) => {
    const request = new Request(
      input instanceof Request ? input : new URL(String(input), location.origin),
      init,
    );
    const { pathname, search } = new URL(request.url);
    const one = {
      method: request.method,
      path: pathname,
      search,
      headers: request.headers,
      body: await request.text(),
    };
    asked.push(one);
    const answer = route(one);
    if (answer === "silence") throw new TypeError("Failed to fetch");
    const { status = 200, body = {}, headers = {} } = answer;
    const type = status < 400 ? "application/json" : "application/problem+json";
    const written = typeof body === "string" ? body : JSON.stringify(body); // a string is what it is: events
    return new Response(status === 204 || status === 304 ? null : written, {
      status,
      headers: { "Content-Type": type, ...headers },
    });
  });
  return { asked };
}

export const problem = (status: number, code: string, headers: Record<string, string> = {}): Answer => ({
  status,
  body: { type: "about:blank", title: "", status, code, detail: `about ${code}` },
  headers,
});
