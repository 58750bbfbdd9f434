import { beforeEach, expect, it } from "vitest";
import { aMessage, aRoom } from "~/test/chat";
import { makeFakeDatabase } from "~/test/fakeDatabase";
import { keepRoomCopy, MOST_MESSAGES, MOST_ROOMS, removeRoomCopies, removeRoomCopy, roomCopy } from "./store";

const copy = (id: string, asOf: number, by = "guest_1", messages = 1) => ({
  id,
  by,
  room: aRoom({ _id: id }),
  messages: Array.from({ length: messages }, (_, index) => aMessage(index + 1)),
  rev: messages,
  asOf,
});

beforeEach(async () => {
  makeFakeDatabase();
  await removeRoomCopies();
});

it("keeps the newest messages of a room, and a later copy in place of the first", async () => {
  await keepRoomCopy(copy("a", 1));
  await keepRoomCopy(copy("a", 2, "guest_1", MOST_MESSAGES + 10));
  const kept = await roomCopy("a", "guest_1");
  expect(kept?.asOf).toBe(2);
  expect(kept?.messages.map(({ seq }) => seq)).toEqual(
    Array.from({ length: MOST_MESSAGES }, (_, index) => index + 11),
  );
});

it("forgets the rooms that were read longest ago", async () => {
  for (let index = 0; index < MOST_ROOMS + 2; index++) await keepRoomCopy(copy(`room ${index}`, index));
  expect(await roomCopy("room 0", "guest_1")).toBeNull();
  expect(await roomCopy("room 1", "guest_1")).toBeNull();
  expect(await roomCopy("room 2", "guest_1")).not.toBeNull();
});

it("shows nobody what another has read, and keeps it no longer", async () => {
  await keepRoomCopy(copy("a", 1, "user_1"));
  expect(await roomCopy("a", "user_2")).toBeNull();
  await keepRoomCopy(copy("b", 2, "user_2"));
  expect(await roomCopy("a", "user_1")).toBeNull();
});

it("is removed with its room, and altogether", async () => {
  await keepRoomCopy(copy("a", 1));
  await keepRoomCopy(copy("b", 2));
  await removeRoomCopy("a");
  expect(await roomCopy("a", "guest_1")).toBeNull();
  await removeRoomCopies();
  expect(await roomCopy("b", "guest_1")).toBeNull();
});
