/** The messages of rooms that this tab has read so far, and what is heard of them. */
import { useSyncExternalStore } from "react";
import { onSessionEnded, person } from "~/api/session";
import type { Message } from "~/api/types";
import type { RoomCopy } from "~/outbox/rooms/store";
import { markRead } from "~/outbox/messages/reads";
import { copyInstead } from "./copies";
import * as rooms from "./rooms";
import { getRoom, listMessages, type From } from "./server";
import * as timeline from "./timeline";

export type Conversation = timeline.Timeline &
  Readonly<{
    phase: "loading" | "ready" | "failed";
    /** Why it could not be read; of a page further up or down, while the rest is there. */
    error: unknown;
    /** What is being fetched beside what is shown. */
    fetching: "older" | "newer" | null;
    /** Since when this is stored on this device, ms since 1970, where nobody answered; null for what the server says. */
    asOf: number | null;
    /** The room's newest change that this tab knows, with all before it. */
    rev: number;
    /** The first message that was unread when the room was opened; null for none. */
    firstUnread: number | null;
    /** Somebody has marked messages as unread: what is seen until they come back is not read by that. */
    held: boolean;
    /** A message that somebody asked to see; the count tells one wish from the next for the same. */
    goal: Readonly<{ seq: number | "newest"; count: number }> | null;
  }>;

const UNREAD: Conversation = {
  ...timeline.NONE,
  phase: "loading",
  error: null,
  fetching: null,
  asOf: null,
  rev: 0,
  firstUnread: null,
  held: false,
  goal: null,
};

const GAP_MS = 1_000;

let known: ReadonlyMap<string, Conversation> = new Map();
const listeners = new Set<() => void>();
/** Counts the readings of each room from the start: an answer to an earlier one is out of date. */
const readings = new Map<string, number>();
const gapTimers = new Map<string, ReturnType<typeof setTimeout>>();
let goals = 0;

onSessionEnded(() => {
  for (const id of known.keys()) readings.set(id, (readings.get(id) ?? 0) + 1);
  known = new Map();
  tell();
});

function tell(): void {
  for (const listener of listeners) listener();
}

function change(id: string, to: (before: Conversation) => Conversation): void {
  const before = known.get(id);
  if (!before) return;
  const next = to(before);
  if (next === before) return;
  known = new Map([...known, [id, next]]);
  tell();
}

export function conversationOf(id: string): Conversation | undefined {
  return known.get(id);
}

export function useConversation(id: string): Conversation {
  return useSyncExternalStore(subscribe, () => known.get(id)) ?? UNREAD;
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Calls `listener` when something else is known of messages. */
export const onConversationsChanged = subscribe;

/** The rooms whose messages this tab knows. */
export function openConversations(): readonly string[] {
  return [...known].filter(([, { phase }]) => phase === "ready").map(([id]) => id);
}

/** Reads a room from where the person left it: around the first unread message, or the newest. Once; a failed one anew. */
export async function open(id: string): Promise<void> {
  const before = known.get(id);
  if (before && before.phase !== "failed") {
    markUnreadFrom(id);
    return;
  }
  await read(id, null);
}

/** Reads the room anew, with its newest messages or around one of them. */
export async function read(id: string, around: number | null): Promise<void> {
  const own = (readings.get(id) ?? 0) + 1;
  readings.set(id, own);
  if (!known.has(id)) {
    known = new Map([...known, [id, UNREAD]]);
    tell();
  }
  change(id, (before) => ({ ...before, phase: before.phase === "ready" ? "ready" : "loading", error: null }));
  try {
    const askedAt = rooms.now();
    const room = await getRoom(id); // before its messages: what changes in between is sent again by `resume`
    if (readings.get(id) !== own) return;
    rooms.learn([room], askedAt);
    const firstUnread = rooms.unreadOf(room) > 0 ? rooms.firstUnreadOf(room) : null;
    const from = around ?? firstUnread;
    const page = await listMessages(id, from === null ? {} : { around: from });
    if (readings.get(id) !== own) return;
    change(id, (before) => ({
      ...before,
      messages: timeline.merged([], page.items),
      hasOlder: page.next !== null,
      // Of the newest page the server names the place after it, too.
      hasNewer: from !== null && page.previous !== null,
      phase: "ready",
      error: null,
      fetching: null,
      asOf: null,
      rev: room.lastRev,
      firstUnread: before.phase === "ready" ? before.firstUnread : firstUnread,
      goal: { seq: around ?? "newest", count: ++goals },
    }));
    if (around === null && firstUnread !== null)
      change(id, (before) => ({ ...before, goal: { seq: firstUnread, count: ++goals } }));
    void catchUp(id);
  } catch (error) {
    const copy = await copyInstead(id, error);
    if (readings.get(id) !== own) return;
    if (copy) rooms.learn([copy.room], -Infinity);
    change(id, (before) =>
      copy && (before.phase !== "ready" || before.asOf !== null)
        ? { ...before, ...shownFrom(copy) }
        : { ...before, phase: "failed", error },
    );
  }
}

/** What is stored of a room, as its end: what was missed comes by `resume` once there is a connection. */
function shownFrom({ room, messages, rev, asOf }: RoomCopy): Partial<Conversation> {
  const hasOlder = (messages[0]?.seq ?? 0) > room.firstSeq;
  const goal = { seq: "newest", count: ++goals } as const;
  return {
    messages,
    hasOlder,
    hasNewer: false,
    phase: "ready",
    error: null,
    fetching: null,
    rev,
    asOf,
    goal,
  };
}

/** Whoever comes back to a room sees from where on it is new. */
function markUnreadFrom(id: string): void {
  const room = rooms.roomOf(id);
  if (!room) return;
  const firstUnread = rooms.unreadOf(room) > 0 ? rooms.firstUnreadOf(room) : null;
  change(id, (before) => ({ ...before, firstUnread, held: false }));
  if (firstUnread !== null) void goTo(id, firstUnread);
}

/** Marks the messages from number `seq` on as unread, until the person comes back to the room. */
export function keepUnread(id: string, seq: number): void {
  change(id, (before) => ({ ...before, firstUnread: seq, held: true }));
  void markRead(id, seq, true);
}

/** Whether somebody looks at this tab. */
export function isLookedAt(): boolean {
  return document.visibilityState === "visible" && document.hasFocus();
}

/** Forgets the oldest messages where there are too many; for when the newest are looked at. */
export function forgetOldest(id: string): void {
  change(id, (before) =>
    before.messages.length > timeline.MOST ? { ...before, ...timeline.withoutOldest(before) } : before,
  );
}

export function loadOlder(id: string): Promise<void> {
  return more(id, "older");
}

export function loadNewer(id: string): Promise<void> {
  return more(id, "newer");
}

async function more(id: string, side: "older" | "newer"): Promise<void> {
  const before = known.get(id);
  if (before?.phase !== "ready" || before.fetching) return;
  if (!(side === "older" ? before.hasOlder : before.hasNewer)) return;
  const own = readings.get(id);
  change(id, (now) => ({ ...now, fetching: side, error: null }));
  const from: From =
    side === "older" ? { before: timeline.firstSeq(before) } : { after: timeline.lastSeq(before) };
  try {
    const page = await listMessages(id, from);
    if (readings.get(id) !== own) return;
    const add = side === "older" ? timeline.withOlder : timeline.withNewer;
    const left = side === "older" ? page.next : page.previous;
    change(id, (now) => ({ ...now, ...add(now, page.items, left !== null), fetching: null }));
    void catchUp(id);
  } catch (error) {
    if (readings.get(id) === own) change(id, (now) => ({ ...now, fetching: null, error }));
  }
}

/** Shows message number `seq`, which is fetched with those around it where it is not here. */
export async function goTo(id: string, seq: number): Promise<void> {
  const here = known.get(id);
  const isHere = here && timeline.firstSeq(here) <= seq && seq <= timeline.lastSeq(here);
  if (isHere) change(id, (before) => ({ ...before, goal: { seq, count: ++goals } }));
  else await read(id, seq);
}

/** Shows the newest messages. */
export async function goToNewest(id: string): Promise<void> {
  if (!known.get(id)?.hasNewer) {
    change(id, (before) => ({ ...before, goal: { seq: "newest", count: ++goals } }));
    return;
  }
  const own = (readings.get(id) ?? 0) + 1;
  readings.set(id, own);
  try {
    const page = await listMessages(id, {});
    if (readings.get(id) !== own) return;
    change(id, (before) => ({
      ...before,
      messages: timeline.merged([], page.items),
      hasOlder: page.next !== null,
      hasNewer: false,
      fetching: null,
      goal: { seq: "newest", count: ++goals },
    }));
    void catchUp(id);
  } catch (error) {
    if (readings.get(id) === own) change(id, (before) => ({ ...before, error }));
  }
}

/** What was said while the newest page was on its way is not on it, and was not added to the pages before it. */
async function catchUp(id: string): Promise<void> {
  const here = known.get(id);
  if (here?.phase !== "ready" || here.hasNewer) return;
  const after = timeline.lastSeq(here);
  if ((rooms.roomOf(id)?.lastSeq ?? 0) <= after) return;
  const own = readings.get(id);
  try {
    const { items } = await listMessages(id, { after });
    if (readings.get(id) !== own) return;
    change(id, (before) => ({ ...before, messages: timeline.merged(before.messages, items) }));
  } catch {
    setTimeout(() => void catchUp(id), GAP_MS);
  }
}

// ── heard ───────────────────────────────────────────────────────────────────────────────────────────────────────────

/** A message was said, by whatever way it came. */
export function said(message: Message): void {
  markNews(message);
  rooms.heard(message.room, message.seq, message.rev, rooms.lastMessageOf(message));
  change(message.room, (before) => ({ ...before, ...timeline.withMessage(before, message) }));
  advance(message.room, message.rev);
  const here = known.get(message.room);
  if (here && timeline.gapAfter(here) !== null) fillGapLater(message.room);
}

/** What comes while nobody looks is found again by the line above it. */
function markNews({ room: id, sender }: Message): void {
  const room = rooms.roomOf(id);
  if (!room || isLookedAt() || sender === person()?.id) return;
  const firstUnread = rooms.firstUnreadOf(room);
  change(id, (before) => (before.firstUnread === firstUnread ? before : { ...before, firstUnread }));
}

/** A message is another one now: edited, removed, signed, voted on. */
export function changed(message: Message): void {
  change(message.room, (before) => ({ ...before, ...timeline.withChange(before, message) }));
  advance(message.room, message.rev);
}

export function removed(room: string, messageId: string, rev: number): void {
  change(room, (before) => ({ ...before, ...timeline.withoutContent(before, messageId, rev) }));
  advance(room, rev);
}

/** Messages before number `firstSeq` are kept no more. */
export function forgotten(room: string, firstSeq: number): void {
  rooms.change(room, { firstSeq });
  change(room, (before) => ({ ...before, ...timeline.withoutBefore(before, firstSeq) }));
}

/**
 * Changes are numbered without a gap. After one was lost, what is known stays where it is, so that the next `resume` brings
 * the lost one, too.
 */
function advance(id: string, rev: number): void {
  change(id, (before) => (rev === before.rev + 1 ? { ...before, rev } : before));
}

/** All changes up to the newest that was heard are known: a `resume` is through. */
export function resumed(id: string): void {
  change(id, (before) => ({
    ...before,
    asOf: null,
    rev: before.messages.reduce((newest, { rev }) => Math.max(newest, rev), before.rev),
  }));
}

/** The server keeps the order; should a message come late all the same, it is fetched when it does not. */
function fillGapLater(id: string): void {
  clearTimeout(gapTimers.get(id));
  gapTimers.set(
    id,
    setTimeout(() => void fillGap(id), GAP_MS),
  );
}

async function fillGap(id: string): Promise<void> {
  const here = known.get(id);
  const gap = here ? timeline.gapAfter(here) : null;
  if (gap === null) return;
  const own = readings.get(id);
  try {
    const { items } = await listMessages(id, { after: gap });
    if (readings.get(id) !== own) return;
    change(id, (before) => ({ ...before, messages: timeline.merged(before.messages, items) }));
  } catch {
    fillGapLater(id);
  }
}
