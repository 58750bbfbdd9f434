import { beforeEach, expect, it, vi } from "vitest";
import { markRead } from "~/outbox/messages/reads";
import { forgetSession } from "~/api/session";
import { aLastMessage, aRoom } from "~/test/chat";
import { makeFakeDatabase } from "~/test/fakeDatabase";
import * as rooms from "./rooms";

beforeEach(() => {
  makeFakeDatabase();
  forgetSession();
  vi.spyOn(navigator, "onLine", "get").mockReturnValue(false); // marks wait
});

const unread = (id = "room-1") => rooms.unreadOf(rooms.roomOf(id) ?? aRoom());

it("derives what is unread from two numbers", () => {
  rooms.learn([aRoom({ lastSeq: 9, readSeq: 4, unread: 5 })], rooms.now());
  expect(unread()).toBe(5);
  rooms.heard("room-1", 10, 10, aLastMessage(10));
  rooms.heard("room-1", 10, 10, aLastMessage(10)); // the lobby is told, too
  expect(unread()).toBe(6);
});

it("counts only what is still kept", () => {
  rooms.learn([aRoom({ lastSeq: 9, readSeq: 2, firstSeq: 7, unread: 3 })], rooms.now());
  expect(unread()).toBe(3);
  rooms.change("room-1", { firstSeq: 10 });
  expect(unread()).toBe(0);
});

it("is never below 0, whatever another tab has read", () => {
  rooms.learn([aRoom({ lastSeq: 9, readSeq: 4 })], rooms.now());
  rooms.change("room-1", { readSeq: 12, readAt: rooms.now() });
  expect(unread()).toBe(0);
});

it("lets a mark that waits count before what the server says, forwards and backwards", async () => {
  rooms.learn(
    [aRoom({ _id: "forwards", lastSeq: 9, readSeq: 4 }), aRoom({ _id: "backwards", lastSeq: 9, readSeq: 9 })],
    rooms.now(),
  );
  await markRead("forwards", 9);
  await markRead("backwards", 7, true);
  rooms.learn(
    [aRoom({ _id: "forwards", lastSeq: 9, readSeq: 4 }), aRoom({ _id: "backwards", lastSeq: 9, readSeq: 9 })],
    rooms.now(),
  );
  expect([unread("forwards"), unread("backwards")]).toEqual([0, 3]);
});

it("does not take an answer for newer than what was heard after the question", () => {
  rooms.learn([aRoom({ lastSeq: 3, readSeq: 3 })], rooms.now());
  const askedAt = rooms.now();
  rooms.heard("room-1", 4, 4, aLastMessage(4));
  rooms.change("room-1", { readSeq: 4, readAt: rooms.now() });
  rooms.learn([aRoom({ lastSeq: 3, readSeq: 3 })], askedAt - 1);
  expect(rooms.roomOf("room-1")).toMatchObject({ lastSeq: 4, readSeq: 4 });
  rooms.learn([aRoom({ lastSeq: 7, readSeq: 3 })], rooms.now());
  expect(unread()).toBe(4); // read, and marked as unread on another device
});

it("counts no room that the person is not in, or does not want to hear of", () => {
  rooms.learn(
    [
      aRoom({ _id: "a", lastSeq: 5, readSeq: 2 }),
      aRoom({ _id: "b", lastSeq: 5, readSeq: 2, notify: false }),
      aRoom({ _id: "c", lastSeq: 5, readSeq: 2, role: null }),
    ],
    rooms.now(),
  );
  expect(rooms.allUnread()).toBe(3);
});

it("keeps out whoever was sent out, whatever was answered before or is said of an open room", () => {
  const member = aRoom({ role: "member" });
  rooms.learn([member], rooms.now());
  rooms.forgetRoom("room-1");
  rooms.learn([member], rooms.now() - 1000);
  expect(rooms.roomOf("room-1")).toBeUndefined();
  rooms.learn([aRoom({ role: null })], rooms.now() + 1);
  expect(rooms.wasRemoved("room-1")).toBe(true);
  rooms.learn([member], rooms.now() + 1);
  expect(rooms.wasRemoved("room-1")).toBe(false);
});
