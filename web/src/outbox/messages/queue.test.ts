import { beforeEach, expect, it, vi } from "vitest";
import { makeFakeDatabase } from "~/test/fakeDatabase";
import { fakeServer, problem } from "~/test/fakeServer";
import type * as Delivery from "./delivery";
import type * as List from "./list";
import type * as Queue from "./queue";

const ROOM = "room-1";

let queue: typeof Queue;
let list: typeof List;
let delivery: typeof Delivery;

/** The modules as a page that was just loaded has them; what is on the disk stays, and the page before sends nothing more. */
async function load(): Promise<void> {
  (list as typeof list | undefined)?.clearList();
  vi.resetModules();
  queue = await import("./queue");
  list = await import("./list");
  delivery = await import("./delivery");
}

const tokens = (id: string) => ({
  body: {
    access_token: `token of ${id}`,
    refresh_token: "r",
    expires_in: 3600,
    user: { id, username: "민아" },
  },
});

type Route = Parameters<typeof fakeServer>[0];

/** A server that signs in `guest_1` and answers messages by `route`. */
function server(route: Route) {
  return fakeServer((asked) => (asked.path.includes("/auth/") ? tokens("guest_1") : route(asked)));
}

const stored = ({ body }: { body: string }) => {
  const { content, clientId } = JSON.parse(body) as { content: string; clientId: string };
  return { status: 201, body: { _id: `id of ${content}`, room: ROOM, seq: 1, content, clientId } };
};
const posts = (asked: readonly { method: string; path: string; body: string }[]) =>
  asked
    .filter(({ path }) => path.endsWith("/messages"))
    .map(({ body }) => JSON.parse(body) as { content: string; clientId: string });

/** Waits until the page has tried to send and was not answered: only then does it send nothing more once another is loaded. */
const postponed = () =>
  vi.waitFor(() =>
    expect(list.queue()).toMatchObject([{ phase: "waiting", retryAt: expect.any(Number) as number }]),
  );

beforeEach(async () => {
  vi.stubGlobal("BroadcastChannel", undefined); // one tab: that of the test before is still there
  makeFakeDatabase();
  await load();
});

it("shows a message at once, and takes it off when it has arrived", async () => {
  const { asked } = server(stored);
  const arrived = vi.fn();
  delivery.onDelivered(arrived);
  const adding = queue.addMessage({ room: ROOM, content: "하나" });
  expect(list.queue()).toMatchObject([{ content: "하나", phase: "waiting" }]);
  const [{ id } = { id: "" }] = list.queue();
  await adding;
  await vi.waitFor(() => expect(list.queue()).toEqual([]));
  expect(arrived).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ content: "하나", clientId: id }));
  expect(posts(asked)).toMatchObject([{ content: "하나", clientId: id }]);
});

it("sends what a reload interrupted as the same message", async () => {
  const { asked } = server(() => "silence");
  await queue.addMessage({ room: ROOM, content: "하나" });
  await postponed();
  await load();
  const again = server(stored);
  await queue.resume();
  await vi.waitFor(() => expect(list.queue()).toEqual([]));
  expect(posts(again.asked)[0]?.clientId).toBe(posts(asked)[0]?.clientId);
  await load();
  await queue.resume();
  expect(list.queue()).toEqual([]);
});

it("tries again what nobody answered, as the same message and before the next one", async () => {
  let silent = 2;
  const { asked } = server((one) => (silent-- > 0 ? "silence" : stored(one)));
  await queue.addMessage({ room: ROOM, content: "하나" });
  await queue.addMessage({ room: ROOM, content: "둘" });
  await vi.waitFor(() => expect(list.queue()).toEqual([]), { timeout: 10_000 });
  const sent = posts(asked);
  expect(sent.map(({ content }) => content)).toEqual(["하나", "하나", "하나", "둘"]);
  expect(new Set(sent.map(({ clientId }) => clientId)).size).toBe(2);
});

it("keeps the order of a room and lets no room wait for another", async () => {
  const { asked } = server((one) =>
    one.path.includes("room-1") ? problem(503, "unavailable") : stored(one),
  );
  await queue.addMessage({ room: ROOM, content: "하나" });
  await queue.addMessage({ room: ROOM, content: "둘" });
  await queue.addMessage({ room: "room-2", content: "다른 방" });
  await vi.waitFor(() => expect(list.queue().map(({ content }) => content)).toEqual(["하나", "둘"]));
  expect(posts(asked).map(({ content }) => content)).not.toContain("둘");
});

it.each([
  [403, "muted"],
  [429, "slow_mode"],
  [409, "room_closed"],
])("shows why a message was refused, and sends it no more by itself: %s %s", async (status, code) => {
  const { asked } = server((one) =>
    one.body.includes("하나") ? problem(status, code, { "Retry-After": "1" }) : stored(one),
  );
  await queue.addMessage({ room: ROOM, content: "하나" });
  await queue.addMessage({ room: ROOM, content: "둘" });
  await vi.waitFor(() => expect(list.queue()).toMatchObject([{ content: "하나", phase: "failed" }]));
  expect(list.queue()[0]?.failure).toEqual({ code, sentence: `about ${code}` });
  await load();
  await queue.resume();
  expect(list.queue()).toMatchObject([{ phase: "failed" }]);
  expect(posts(asked).filter(({ content }) => content === "하나")).toHaveLength(1);
});

it("sends a refused message again on demand, as the same one, or removes it", async () => {
  let muted = true;
  const { asked } = server((one) => (muted ? problem(403, "muted") : stored(one)));
  await queue.addMessage({ room: ROOM, content: "하나" });
  await queue.addMessage({ room: ROOM, content: "둘" });
  await vi.waitFor(() => expect(list.queue().map(({ phase }) => phase)).toEqual(["failed", "failed"]));
  const [one, two] = list.queue();
  muted = false;
  await queue.removeMessage(two?.id ?? "");
  await queue.retryMessage(one?.id ?? "");
  await vi.waitFor(() => expect(list.queue()).toEqual([]));
  expect(posts(asked).map(({ clientId }) => clientId)).toEqual([one?.id, two?.id, one?.id]);
});

it("waits without a network, and sends when it is back", async () => {
  const { asked } = server(stored);
  const online = vi.spyOn(navigator, "onLine", "get").mockReturnValue(false);
  await queue.addMessage({ room: ROOM, content: "하나" });
  await delivery.flush();
  expect(posts(asked)).toEqual([]);
  online.mockReturnValue(true);
  await queue.resumeOnline();
  await vi.waitFor(() => expect(list.queue()).toEqual([]));
  expect(posts(asked)).toHaveLength(1);
});

it("asks the socket first, and over HTTP where the socket cannot say", async () => {
  const { Problem } = await import("~/api/problem");
  const { sendBy } = await import("./transport");
  const { asked } = server(stored);
  const post = vi.fn((room: string, { content, clientId }: { content: string; clientId?: string | null }) =>
    content === "하나"
      ? Promise.resolve({ _id: "1", room, clientId } as never)
      : Promise.reject(Problem.network()),
  );
  sendBy({ post, read: vi.fn() });
  await queue.addMessage({ room: ROOM, content: "하나" });
  await queue.addMessage({ room: ROOM, content: "둘" });
  await vi.waitFor(() => expect(list.queue()).toEqual([]));
  expect(post).toHaveBeenCalledTimes(2);
  expect(posts(asked)).toMatchObject([{ content: "둘", clientId: post.mock.calls[1]?.[1].clientId }]);
});

it("sends nothing that another account has written", async () => {
  server(() => "silence");
  await queue.addMessage({ room: ROOM, content: "하나" });
  await postponed();
  const { storeRow } = await import("./store");
  await storeRow({ ...list.toStored(list.queue()[0] as never), id: "theirs", by: "user_2" });
  await load();
  const { asked } = server(stored);
  await queue.resume();
  const sent = posts(asked).map(({ clientId }) => clientId);
  expect(sent.length).toBeGreaterThan(0);
  expect(sent).not.toContain("theirs");
  expect(list.queue()).toEqual([]);
});

it("forgets everything on demand", async () => {
  server(() => "silence");
  await queue.addMessage({ room: ROOM, content: "하나" });
  await postponed();
  const { keepDraft, draftOf } = await import("./drafts");
  await keepDraft(ROOM, "쓰다 만 말");
  await queue.removeAllMessages();
  expect(list.queue()).toEqual([]);
  expect(draftOf(ROOM)).toBe("");
  const { storedRows } = await import("./store");
  expect(await storedRows()).toEqual({ messages: [], reads: [], drafts: [] });
});

it("takes files along, and sends what an earlier version of the app stored without any", async () => {
  const { asked } = server(stored);
  const file = {
    id: "file-1",
    name: "컵.webp",
    contentType: "image/webp",
    size: 3,
    kind: "image",
    width: 4,
    height: 3,
    url: "/api/v1/chat/files/file-1",
    thumbnailUrl: "/api/v1/chat/files/file-1/thumbnail",
  } as const;
  const { storeRow } = await import("./store");
  await storeRow({
    id: "older",
    kind: "message",
    by: "guest_1",
    room: ROOM,
    content: "전에",
    replyTo: null,
    mentions: [],
    choices: null,
    writtenAt: 1,
    failure: null,
  });
  await queue.resume();
  await queue.addMessage({ room: ROOM, content: "", files: [file] });
  await vi.waitFor(() => expect(list.queue()).toEqual([]));
  expect(posts(asked)).toMatchObject([
    { content: "전에", fileIds: [] },
    { content: "", fileIds: ["file-1"] },
  ]);
});
