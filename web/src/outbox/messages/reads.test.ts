import { beforeEach, expect, it, vi } from "vitest";
import { makeFakeDatabase } from "~/test/fakeDatabase";
import { fakeServer, problem } from "~/test/fakeServer";
import type * as Reads from "./reads";

const ROOM = "room-1";

let reads: typeof Reads;
async function load(): Promise<void> {
  vi.resetModules();
  reads = await import("./reads");
}

beforeEach(async () => {
  makeFakeDatabase();
  await load();
});

type Route = Parameters<typeof fakeServer>[0];

function server(route: Route) {
  const { asked } = fakeServer((one) =>
    one.path.includes("/auth/")
      ? {
          body: {
            access_token: "t",
            refresh_token: "r",
            expires_in: 3600,
            user: { id: "guest_1", username: "" },
          },
        }
      : route(one),
  );
  return () =>
    asked.filter(({ path }) => path.endsWith("/read")).map(({ body }) => JSON.parse(body) as object);
}

const taken: Route = ({ body }) => ({ body: { readSeq: (JSON.parse(body) as { seq: number }).seq } });

it("sends the furthest of several marks, once", async () => {
  const sent = server(taken);
  const confirmed = vi.fn();
  reads.onReadConfirmed(confirmed);
  for (const seq of [3, 5, 4]) await reads.markRead(ROOM, seq);
  expect(reads.waitingRead(ROOM)?.seq).toBe(5);
  await reads.flushReads();
  expect(sent()).toEqual([{ seq: 5, unread: false }]);
  expect(confirmed).toHaveBeenCalledExactlyOnceWith(ROOM, 5);
  expect(reads.waitingRead(ROOM)).toBeUndefined();
});

it("keeps a mark that was made without a network, also on purpose backwards, and sends it when there is one", async () => {
  vi.spyOn(navigator, "onLine", "get").mockReturnValue(false);
  const sent = server(taken);
  await reads.markRead(ROOM, 9);
  await reads.markRead(ROOM, 4, true);
  await reads.flushReads();
  expect(sent()).toEqual([]);
  await load();
  await reads.loadReads();
  expect(reads.waitingRead(ROOM)).toMatchObject({ seq: 4, unread: true });
  vi.spyOn(navigator, "onLine", "get").mockReturnValue(true);
  await reads.flushReads();
  expect(sent()).toEqual([{ seq: 4, unread: true }]);
  await load();
  await reads.loadReads();
  expect(reads.waitingRead(ROOM)).toBeUndefined();
});

it("tries again what nobody answered, and gives up what the server refuses", async () => {
  let silent = true;
  const sent = server((one) =>
    silent ? "silence" : one.path.includes("gone") ? problem(404, "room_missing") : taken(one),
  );
  await reads.markRead(ROOM, 2);
  await reads.flushReads();
  expect(reads.waitingRead(ROOM)?.seq).toBe(2);
  silent = false;
  await reads.markRead("gone", 7);
  await reads.flushReads();
  expect(reads.waitingRead(ROOM)).toBeUndefined();
  expect(reads.waitingRead("gone")).toBeUndefined();
  expect(sent()).toHaveLength(3);
});

it("keeps a later mark that was made while an earlier one was on its way", async () => {
  let later: Promise<void> | undefined;
  const sent = server((one) => {
    later ??= reads.markRead(ROOM, 8);
    return taken(one);
  });
  await reads.markRead(ROOM, 5);
  await reads.flushReads();
  await later;
  expect(reads.waitingRead(ROOM)?.seq).toBe(8);
  await reads.flushReads();
  expect(sent()).toMatchObject([{ seq: 5 }, { seq: 8 }]);
});
