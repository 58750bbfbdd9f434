import { beforeEach, describe, expect, it, vi } from "vitest";
import type { Problem } from "~/api/problem";
import { leave } from "~/api/session";
import { playPlatform, problem } from "~/test/platform";
import { statuses } from "./watch";

const guest = {
  body: { access_token: "a", refresh_token: "r", expires_in: 3600, user: { id: "guest_1", username: "" } },
};
const status = (state: string, progress: number) => ({
  job_id: "1",
  status: state,
  progress,
  stage: "vision",
});
const event = (state: string, progress: number) =>
  `event: status\ndata: ${JSON.stringify(status(state, progress))}\n\n`;
const stream = (...events: string[]) => ({
  body: events.join(""),
  headers: { "Content-Type": "text/event-stream" },
});

/** Answers one after the other; the last one again and again. */
function inTurn<T>(...answers: T[]): () => T {
  let at = 0;
  return () => answers[Math.min(at++, answers.length - 1)] as T;
}

/** How often the platform gives a sign of life. */
const STILL_HERE = 15_000;

/** Streams that stay open and give `pieces`, the first at once, and then nothing. */
function hold(...pieces: string[]) {
  let begun = 0;
  let broken = 0;
  const platform = fetch;
  vi.stubGlobal("fetch", async (input: Request | string, init?: RequestInit) => {
    if (typeof input === "string" || !input.url.endsWith("/events")) return platform(input, init);
    begun += 1;
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        input.signal.addEventListener("abort", () => {
          broken += 1;
          controller.error(new DOMException("", "AbortError"));
        });
        pieces.forEach((piece, index) =>
          setTimeout(() => controller.enqueue(new TextEncoder().encode(piece)), index * STILL_HERE),
        );
      },
    });
    return Promise.resolve(new Response(body));
  });
  return { begun: () => begun, broken: () => broken };
}

async function watched(onTrouble?: (problem: Problem | null) => void): Promise<string[]> {
  const seen: string[] = [];
  const options = { signal: new AbortController().signal, ...(onTrouble ? { onTrouble } : {}) };
  for await (const { status: state, progress } of statuses("1", options)) seen.push(`${state} ${progress}`);
  return seen;
}

type Answer = ReturnType<Parameters<typeof playPlatform>[0]>;

function play(events: () => Answer, polls: () => Answer = () => problem(500, "internal")) {
  return playPlatform(({ path }) => {
    if (path.endsWith("/guest")) return guest;
    return path.endsWith("/events") ? events() : polls();
  });
}

beforeEach(() => {
  leave();
  vi.useFakeTimers({ shouldAdvanceTime: true, advanceTimeDelta: 200 });
  return () => vi.useRealTimers();
});

describe("statuses", () => {
  it("listens until the job ends, with our token", async () => {
    const { asked } = play(() => stream(event("seeing", 50), event("done", 100), event("done", 100)));
    expect(await watched()).toEqual(["seeing 50", "done 100"]);
    expect(asked.at(-1)?.headers.get("Authorization")).toBe("Bearer a");
    expect(asked.filter(({ path }) => path.endsWith("/1"))).toEqual([]);
  });

  it("listens again when the stream ends before the job does", async () => {
    play(inTurn(stream(event("seeing", 50)), stream(event("asked", 100))));
    expect(await watched()).toEqual(["seeing 50", "asked 100"]);
  });

  it("asks where no stream comes through, and not for what it knows already", async () => {
    const polls = inTurn<Answer>(
      { body: status("seeing", 20), headers: { ETag: '"x"', "Retry-After": "1" } },
      { status: 304, headers: { ETag: '"x"', "Retry-After": "1" } },
      { body: status("done", 100) },
    );
    const { asked } = play(() => stream(), polls);
    expect(await watched()).toEqual(["seeing 20", "done 100"]);
    const questions = asked.filter(({ path }) => path.endsWith("/1"));
    expect(questions.map(({ headers }) => headers.get("If-None-Match"))).toEqual([null, '"x"', '"x"']);
  });

  it("asks at once when something on the way holds the stream back", async () => {
    const { asked } = play(() => stream(), inTurn<Answer>({ body: status("done", 100) }));
    const { begun, broken } = hold();
    expect(await watched()).toEqual(["done 100"]);
    expect([begun(), broken()]).toEqual([1, 1]);
    expect(asked.filter(({ path }) => path.endsWith("/1"))).toHaveLength(1);
  });

  it("asks when nothing comes any more, and takes signs of life for life", async () => {
    play(() => stream(), inTurn<Answer>({ body: status("done", 100) }));
    const { broken } = hold(event("seeing", 50), ...Array<string>(3).fill(": still here\n\n"));
    const seen = watched();
    await vi.advanceTimersByTimeAsync(3 * STILL_HERE + 19_000);
    expect(broken()).toBe(0);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(broken()).toBe(1);
    expect(await seen).toEqual(["seeing 50", "done 100"]);
  });

  it("waits for a platform that is away, and says so until it is back", async () => {
    const troubles: (string | null)[] = [];
    play(
      inTurn<Answer>(
        stream(event("seeing", 50)),
        "silence",
        problem(503, "unavailable", { "Retry-After": "2" }),
        stream(event("done", 100)),
      ),
    );
    expect(await watched((trouble) => troubles.push(trouble?.code ?? null))).toEqual([
      "seeing 50",
      "done 100",
    ]);
    expect(troubles).toEqual([null, "network", "unavailable", null]);
  });

  it("does not wait for a job that nobody knows", async () => {
    play(() => problem(404, "job_missing"));
    await expect(watched()).rejects.toMatchObject({ code: "job_missing" });
  });
});
