import { beforeEach, expect, it } from "vitest";
import { makeFakeDatabase } from "~/test/fakeDatabase";
import { keepFile, keepTaken, MOST_BYTES, removeAllFiles, removeFile, thisTab, waitingFiles } from "./store";

const waiting = (id: string, more: object = {}) => ({
  id,
  by: "guest_1",
  tab: thisTab(),
  room: "room-1",
  name: `${id}.pdf`,
  size: 3,
  bytes: new Blob(["abc"]),
  file: null,
  addedAt: Date.now(),
  ...more,
});
const taken = {
  id: "file-1",
  name: "a.pdf",
  contentType: "application/pdf",
  size: 3,
  kind: "file",
  width: null,
  height: null,
  url: "/api/v1/chat/files/file-1",
  thumbnailUrl: null,
} as const;
const ids = async (room = "room-1", by = "guest_1") => (await waitingFiles(room, by)).map(({ id }) => id);

beforeEach(async () => {
  makeFakeDatabase();
  await removeAllFiles();
});

it("gives the files of a room to who added them, in the tab where they did", async () => {
  await keepFile(waiting("b", { addedAt: Date.now() + 60_000 }));
  await keepFile(waiting("a"));
  await keepFile(waiting("elsewhere", { room: "room-2" }));
  await keepFile(waiting("another tab", { tab: "other" }));
  await keepFile(waiting("another person", { by: "user_2" }));
  expect(await ids()).toEqual(["a", "b"]);
  expect(await ids("room-1", "user_2")).toEqual(["another person"]);
});

it("needs no bytes of what the server has taken, and forgets what is sent or left out", async () => {
  void keepFile(waiting("a"));
  void keepTaken("a", taken);
  expect(await waitingFiles("room-1", "guest_1")).toMatchObject([{ id: "a", bytes: null, file: taken }]);
  await removeFile("a");
  await keepTaken("a", taken); // too late
  expect(await ids()).toEqual([]);
});

it("keeps no more than there is room for, and nothing for longer than a day", async () => {
  await keepFile(waiting("huge", { size: MOST_BYTES + 1 }));
  await keepFile(waiting("old", { addedAt: Date.now() - 25 * 60 * 60_000 }));
  expect(await ids()).toEqual([]);
});
