/** The last messages of rooms, for who opens them without a network; of the person who is signed in, and of nobody else. */
import type { Message, Room } from "~/api/types";
import { database } from "../database";
import { makeRowStore } from "../rowStore";

/** So much is stored at most. */
export const MOST_ROOMS = 20;
export const MOST_MESSAGES = 50;

export type RoomCopy = Readonly<{
  /** Of the room. */
  id: string;
  /** The id of who read it. */
  by: string;
  room: Room;
  /** The room's newest messages, in order and without a gap. */
  messages: readonly Message[];
  /** The room's newest change that is in them, with all before it. */
  rev: number;
  /** Ms since 1970. */
  asOf: number;
}>;

const rows = makeRowStore<RoomCopy, "rooms">(database, "rooms");

/** Stores a room in place of what was stored of it. The rooms that were read longest ago go, and what others have read. */
export async function keepRoomCopy(copy: RoomCopy): Promise<void> {
  await rows.put({ ...copy, messages: copy.messages.slice(-MOST_MESSAGES) });
  const all = [...((await rows.all()) ?? [])].sort((a, b) => b.asOf - a.asOf);
  const beyond = all.filter(({ by }) => by === copy.by).slice(MOST_ROOMS);
  const others = all.filter(({ by }) => by !== copy.by);
  for (const { id } of [...beyond, ...others]) await rows.remove(id);
}

/** What is stored of a room that `by` has read; null for nothing. */
export async function roomCopy(id: string, by: string): Promise<RoomCopy | null> {
  const copy = await rows.get(id).catch(() => null);
  return copy?.by === by ? copy : null;
}

export function removeRoomCopy(id: string): Promise<void> {
  return rows.remove(id);
}

export function removeRoomCopies(): Promise<void> {
  return rows.removeAll();
}
