/**
 * What this tab knows of rooms. What is unread is not counted: it follows from the number of the room's newest message and
 * that of the last one that was read, as the server does it.
 */
import type { LastMessage, Message, Room } from "~/api/types";
import { markRead, onReadConfirmed, onReadsChanged, waitingRead } from "~/outbox/messages/reads";
import { removeRoomCopy } from "~/outbox/rooms/store";
import { onSessionEnded, person } from "~/api/session";
import { makeValue, useValue } from "./value";

/** A room, and since when this tab knows its numbers, by the clock of the page. */
type Known = Room & Readonly<{ heardAt: number; readAt: number }>;

const known = makeValue<ReadonlyMap<string, Known>>(new Map());
/** Rooms that the person was sent out of, and when. */
const removed = new Map<string, number>();

onSessionEnded(() => {
  removed.clear();
  known.set(new Map());
});
onReadsChanged(() => {
  known.set(new Map(known.get())); // what is unread follows from the marks, too
});
onReadConfirmed((id, readSeq) => {
  change(id, { readSeq, readAt: performance.now() });
});

/** The clock that `learn` compares with: to be asked before a request is sent. */
export const now = (): number => performance.now();

/**
 * Takes over what the server has answered to a request that was sent at `askedAt`. What was heard or read since then is newer
 * than the answer.
 */
export function learn(rooms: readonly Room[], askedAt: number): void {
  const next = new Map(known.get());
  for (const room of rooms) {
    const before = next.get(room._id);
    if (room.role) {
      if (askedAt < (removed.get(room._id) ?? -Infinity)) continue; // from before the person was sent out
      removed.delete(room._id);
    }
    next.set(room._id, { ...room, heardAt: askedAt, readAt: askedAt, ...kept(before, askedAt) });
  }
  known.set(next);
}

function kept(before: Known | undefined, askedAt: number): Partial<Known> {
  if (!before) return {};
  const { heardAt, lastSeq, lastRev, lastMessage, updatedAt, readAt, readSeq } = before;
  return {
    ...(heardAt > askedAt ? { heardAt, lastSeq, lastRev, lastMessage, updatedAt } : {}),
    ...(readAt > askedAt ? { readAt, readSeq } : {}),
  };
}

export function change(id: string, news: Partial<Known>): void {
  const before = known.get().get(id);
  if (before) known.set(new Map([...known.get(), [id, { ...before, ...news }]]));
}

/** A message was said; `last` is what a list shows of it. */
export function heard(id: string, seq: number, rev: number, last: LastMessage): void {
  const before = known.get().get(id);
  if (!before) return;
  const newest = seq >= (before.lastMessage?.seq ?? 0);
  change(id, {
    heardAt: now(),
    lastSeq: Math.max(before.lastSeq, seq),
    lastRev: Math.max(before.lastRev, rev),
    ...(newest ? { lastMessage: last, updatedAt: later(before.updatedAt, last.createdAt) } : {}),
  });
  // One's own message is no news to who had read everything above it.
  if (last.sender === person()?.id && readSeqOf(before) === seq - 1) void markRead(id, seq);
}

export const lastMessageOf = (message: Message): LastMessage => {
  const { _id, seq, content, type, sender, senderUsername, createdAt } = message;
  return { _id, seq, content, type, sender, senderUsername, createdAt };
};

const later = (a: string, b: string) => (Date.parse(a) > Date.parse(b) ? a : b);

/** The person is no member any more. */
export function forgetRoom(id: string): void {
  removed.set(id, now());
  void removeRoomCopy(id);
  known.set(new Map([...known.get()].filter(([each]) => each !== id)));
}

export function wasRemoved(id: string): boolean {
  return removed.has(id);
}

/** The person has been told so. An open room may be entered again. */
export function removalSeen(id: string): void {
  removed.delete(id);
}

export function roomOf(id: string): Room | undefined {
  return known.get().get(id);
}

export function allRooms(): readonly Room[] {
  return [...known.get().values()];
}

/** Calls `listener` when something else is known of rooms. */
export const onRoomsChanged = known.subscribe;

export function useRoom(id: string): Room | undefined {
  return useValue(known).get(id);
}

export function useRooms(): ReadonlyMap<string, Room> {
  return useValue(known);
}

/** Up to where the person has read: a mark that the server does not know yet counts before what it says. */
export function readSeqOf(room: Room): number {
  const waiting = waitingRead(room._id);
  if (!waiting) return room.readSeq;
  return waiting.unread ? waiting.seq - 1 : Math.max(waiting.seq, room.readSeq);
}

/** How many messages are unread, of those that are kept; never below 0. */
export function unreadOf(room: Room): number {
  return room.role ? Math.max(0, room.lastSeq + 1 - firstUnreadOf(room)) : 0;
}

/** The number of the first message that is unread, or will be. */
export function firstUnreadOf(room: Room): number {
  return Math.max(readSeqOf(room) + 1, room.firstSeq);
}

/** How many messages are unread in all rooms of the person that may speak up. */
export function allUnread(): number {
  return allRooms().reduce((sum, room) => sum + (room.notify ? unreadOf(room) : 0), 0);
}
