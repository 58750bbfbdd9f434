import { beforeEach, describe, expect, it, vi } from "vitest";
import { createServer, type AddressInfo } from "node:net";
import type { Problem } from "~/api/problem";
import { forgetSession } from "~/api/session";
import { fakeServer, problem } from "~/test/fakeServer";
import { makeConnection, type SocketConnection } from "~/realtime/socket";
import { startSocketServer } from "~/test/socketServer";
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

/** Nobody listens at its port: the connection is refused at once. */
let nobody: SocketConnection;

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function watched(
  onProblem?: (problem: Problem | null) => void,
  connection = nobody,
): Promise<string[]> {
  const seen: string[] = [];
  const options = {
    signal: new AbortController().signal,
    connection,
    ...(onProblem ? { onProblem } : {}),
  };
  for await (const { status: state, progress } of statuses("1", options)) seen.push(`${state} ${progress}`);
  return seen;
}

type Answer = ReturnType<Parameters<typeof fakeServer>[0]>;

/** The platform: the first status that is asked for, before it is known how to listen, fails. */
function play(events: () => Answer, polls: () => Answer = () => problem(500, "internal")) {
  let begun = false;
  return fakeServer(({ path }) => {
    if (path.endsWith("/guest")) return guest;
    if (path.endsWith("/events")) return events();
    if (begun) return polls();
    begun = true;
    return problem(503, "unavailable");
  });
}

beforeEach(async () => {
  forgetSession();
  nobody = makeConnection(`http://127.0.0.1:${await freePort()}`, 0);
  vi.useFakeTimers({ shouldAdvanceTime: true, advanceTimeDelta: 200 });
  return () => vi.useRealTimers();
});

describe("without a socket", () => {
  it("listens until the job ends, with our token", async () => {
    const { asked } = play(() => stream(event("seeing", 50), event("done", 100), event("done", 100)));
    expect(await watched()).toEqual(["seeing 50", "done 100"]);
    expect(asked.at(-1)?.headers.get("Authorization")).toBe("Bearer a");
    expect(asked.filter(({ path }) => path.endsWith("/1"))).toHaveLength(1); // at the start
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
    const [, ...questions] = asked.filter(({ path }) => path.endsWith("/1"));
    expect(questions.map(({ headers }) => headers.get("If-None-Match"))).toEqual([null, '"x"', '"x"']);
  });

  it("asks at once when something on the way holds the stream back", async () => {
    const { asked } = play(() => stream(), inTurn<Answer>({ body: status("done", 100) }));
    const { begun, broken } = hold();
    expect(await watched()).toEqual(["done 100"]);
    expect([begun(), broken()]).toEqual([1, 1]);
    expect(asked.filter(({ path }) => path.endsWith("/1"))).toHaveLength(2);
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
    const problems: (string | null)[] = [];
    play(
      inTurn<Answer>(
        stream(event("seeing", 50)),
        "silence",
        problem(503, "unavailable", { "Retry-After": "2" }),
        stream(event("done", 100)),
      ),
    );
    expect(await watched((problem) => problems.push(problem?.code ?? null))).toEqual([
      "seeing 50",
      "done 100",
    ]);
    expect(problems).toEqual([null, "network", "unavailable", null]);
  });

  it("does not wait for a job that nobody knows", async () => {
    fakeServer(({ path }) => (path.endsWith("/guest") ? guest : problem(404, "job_missing")));
    await expect(watched()).rejects.toMatchObject({ code: "job_missing" });
  });
});

describe("with a socket", () => {
  const done = () => ({ body: status("done", 100) });
  const first = () => ({ body: status("seeing", 10) });

  it("hears what is pushed, and asks for the status only once it is connected", async () => {
    const server = await startSocketServer();
    const { asked } = play(() => problem(500, "internal"), first);
    const seen = watched(undefined, makeConnection(server.origin, 0));
    await server.connections(1);
    await vi.waitFor(() => expect(asked.filter(({ path }) => path.endsWith("/1"))).toHaveLength(2));
    server.push(status("seeing", 50), { ...status("done", 100), job_id: "another" }, status("done", 100));
    expect((await seen).slice(-2)).toEqual(["seeing 50", "done 100"]);
    expect(asked.filter(({ path }) => path.endsWith("/events"))).toEqual([]);
    await server.connections(0); // nobody wants it any more
    await server.stop();
  });

  it("asks every few seconds, since a push may be lost, and says what it knows", async () => {
    const server = await startSocketServer();
    const answers = inTurn<Answer>(
      { body: status("seeing", 10), headers: { ETag: '"x"' } },
      { status: 304, headers: { ETag: '"x"' } },
      done(),
    );
    const { asked } = play(() => problem(500, "internal"), answers);
    const seen = watched(undefined, makeConnection(server.origin, 0));
    await server.connections(1);
    const requests = () => asked.filter(({ path }) => path.endsWith("/1")).slice(1);
    for (const count of [1, 2]) {
      await vi.waitFor(() => expect(requests()).toHaveLength(count));
      await vi.advanceTimersByTimeAsync(5_000);
    }
    expect(await seen).toEqual(["seeing 10", "done 100"]);
    expect(requests().map(({ headers }) => headers.get("If-None-Match"))).toEqual([null, '"x"', '"x"']);
    expect(asked.filter(({ path }) => path.endsWith("/events"))).toEqual([]);
    await server.stop();
  });

  it("asks again after a break, in which a push may have been missed", async () => {
    const server = await startSocketServer();
    play(() => problem(500, "internal"), inTurn<Answer>(first(), done()));
    const seen = watched(undefined, makeConnection(server.origin, 0));
    await server.connections(1);
    server.push(status("seeing", 50));
    server.breakConnections();
    expect((await seen).at(-1)).toBe("done 100");
    await server.stop();
  });

  it("listens to events when the socket is lost and does not come back", async () => {
    const server = await startSocketServer();
    const { asked } = play(() => stream(event("done", 100)), first);
    const seen = watched(undefined, makeConnection(server.origin, 0));
    await server.connections(1);
    await vi.waitFor(() => expect(asked.filter(({ path }) => path.endsWith("/1"))).toHaveLength(2));
    await server.stop();
    expect((await seen).at(-1)).toBe("done 100");
    expect(asked.filter(({ path }) => path.endsWith("/events"))).toHaveLength(1);
  });

  it("listens to events when the socket does not connect in time", async () => {
    const silent = createServer(() => undefined); // takes connections and says nothing
    await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
    const { port } = silent.address() as AddressInfo;
    play(() => stream(event("done", 100)));
    expect(await watched(undefined, makeConnection(`http://127.0.0.1:${port}`, 0))).toEqual(["done 100"]);
    silent.close();
  });
});
