import { beforeEach, expect, it, vi } from "vitest";
import type { Message, Room } from "~/api/types";
import { fakeServer } from "~/test/fakeServer";

const ID = "01939f1e-5f0c-7c2f-9f3e-0d5b7c3b9a10";

const message = (seq: number) =>
  ({
    _id: `m${seq}`,
    room: ID,
    seq,
    rev: seq,
    sender: "guest_2",
    content: `${seq}`,
    type: "text",
  }) as Message;
const room = {
  _id: ID,
  name: "동네",
  kind: "public",
  role: "member",
  firstSeq: 1,
  lastSeq: 4,
  lastRev: 4,
  readSeq: 0,
  unread: 4,
  lastMessage: null,
} as unknown as Room;

beforeEach(() => {
  vi.resetModules();
});

it("keeps what is said while the newest page is on its way", async () => {
  const conversation = await import("./conversation");
  const { asked } = fakeServer(({ path, search }) => {
    if (path.includes("/auth/"))
      return { body: { access_token: "a", expires_in: 900, user: { id: "guest_1" } } };
    if (!path.endsWith("/messages")) return { body: room };
    const query = new URLSearchParams(search);
    if (query.has("around"))
      return { body: [message(1), message(2)], headers: { "X-Previous-Cursor": "s2" } };
    if (query.has("after")) return { body: [message(5)] };
    const page = { body: [message(3), message(4)], headers: { "X-Next-Cursor": "s3" } };
    conversation.said(message(5)); // it comes when the page has been made, and before the page is here
    return page;
  });
  await conversation.open(ID);
  expect(conversation.conversationOf(ID)).toMatchObject({ phase: "ready", hasNewer: true });
  await conversation.goToNewest(ID);
  await vi.waitFor(() => {
    expect(conversation.conversationOf(ID)?.messages.map(({ seq }) => seq)).toEqual([3, 4, 5]);
  });
  expect(asked.filter(({ search }) => search.includes("after=s4"))).toHaveLength(1);
});
