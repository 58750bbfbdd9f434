import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { request } from "./request";

/** A network where nothing ever answers. */
function hang() {
  vi.stubGlobal(
    "fetch",
    (_: unknown, { signal }: RequestInit) =>
      new Promise((_, reject) => {
        const end = () => {
          reject(new DOMException("aborted", "AbortError"));
        };
        if (signal?.aborted) end();
        signal?.addEventListener("abort", end);
      }),
  );
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe("request", () => {
  it("takes a connection that hangs for none", async () => {
    hang();
    const asked = expect(request("/api")).rejects.toMatchObject({ code: "network" });
    await vi.advanceTimersByTimeAsync(15_000);
    await asked;
  });

  it("ends when whoever asked does not want it any more", async () => {
    hang();
    const leaving = new AbortController();
    const asked = expect(request("/api", { signal: leaving.signal })).rejects.toMatchObject({
      name: "AbortError",
    });
    leaving.abort();
    await asked;
    await expect(request("/api", { signal: leaving.signal })).rejects.toMatchObject({ name: "AbortError" });
  });

  it("gives an answer that has begun all the time it needs, and ends it on demand", async () => {
    let sent: AbortSignal | null | undefined;
    vi.stubGlobal("fetch", (_: unknown, { signal }: RequestInit) => {
      sent = signal;
      return Promise.resolve(new Response("{}"));
    });
    const leaving = new AbortController();
    await request("/api", { signal: leaving.signal });
    await vi.advanceTimersByTimeAsync(60_000);
    expect(sent?.aborted).toBe(false);
    leaving.abort();
    expect(sent?.aborted).toBe(true);
  });
});
