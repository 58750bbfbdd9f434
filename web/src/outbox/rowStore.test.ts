import { beforeEach, expect, it, vi } from "vitest";
import { fillDisk, makeFakeDatabase } from "~/test/fakeDatabase";
import { makeDatabase } from "./database";
import { makeRowStore } from "./rowStore";

type Message = Readonly<{ id: string; text: string; tries: number }>;
type Photo = Readonly<{ id: string; place: string }>;

const message = (id: string, tries = 0): Message => ({ id, text: "hello", tries });
const open = () => makeDatabase(["photos", "messages"]);

beforeEach(makeFakeDatabase);

it("holds each kind of rows apart from the others", async () => {
  const database = open();
  const messages = makeRowStore<Message, "messages">(database, "messages");
  const photos = makeRowStore<Photo, "photos">(database, "photos");
  expect(await messages.put(message("1"))).toBe(true);
  expect(await photos.put({ id: "1", place: "seoul" })).toBe(true);
  await messages.remove("1");
  expect(await messages.all()).toEqual([]);
  expect(await photos.all()).toEqual([{ id: "1", place: "seoul" }]);
});

it("adds a kind of rows to the database of an earlier version, which keeps what it holds", async () => {
  const earlier = makeDatabase(["photos"]);
  await makeRowStore<Photo, "photos">(earlier, "photos").put({ id: "1", place: "seoul" });
  const database = open(); // the earlier version is still open in another tab: it lets go
  const messages = makeRowStore<Message, "messages">(database, "messages");
  expect(await messages.put(message("2"))).toBe(true);
  expect(await makeRowStore<Photo, "photos">(database, "photos").all()).toEqual([
    { id: "1", place: "seoul" },
  ]);
});

it("updates a row as it is stored, and never one that another tab removed", async () => {
  const [tab, other] = [open(), open()].map((one) => makeRowStore<Message, "messages">(one, "messages"));
  if (!tab || !other) throw new Error("no tabs");
  const again = (row: Message) => ({ ...row, tries: row.tries + 1 });
  await tab.put(message("1"));
  await other.update(message("1"), again);
  expect(await tab.update(message("1"), again)).toEqual(message("1", 2));
  await other.remove("1");
  expect(await tab.update(message("1"), again)).toBeNull();
  expect(await tab.get("1")).toBeNull();
});

it("holds rows in memory while the disk is full", async () => {
  const messages = makeRowStore<Message, "messages">(open(), "messages");
  await messages.put(message("1"));
  const makeRoom = fillDisk();
  expect(await messages.put(message("2"))).toBe(false);
  expect(messages.inMemory()).toEqual([message("2")]);
  expect(await messages.get("2")).toEqual(message("2"));
  makeRoom();
  await messages.update(message("2"), (row) => ({ ...row, tries: 1 }));
  expect(messages.inMemory()).toEqual([]);
  expect(await messages.all()).toEqual([message("1"), message("2", 1)]);
});

it("tells of changes in other tabs, of its own kind only", async () => {
  const here = open();
  const photosChanged = vi.fn();
  const messagesChanged = vi.fn();
  makeRowStore<Photo, "photos">(here, "photos").onChangedElsewhere(photosChanged);
  makeRowStore<Message, "messages">(here, "messages").onChangedElsewhere(messagesChanged);
  await makeRowStore<Message, "messages">(open(), "messages").put(message("1"));
  await vi.waitFor(() => expect(messagesChanged).toHaveBeenCalledOnce());
  expect(photosChanged).not.toHaveBeenCalled();
});
