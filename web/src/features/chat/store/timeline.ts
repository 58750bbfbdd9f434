/** What a room's messages are after something was heard of them. Pure rules. */
import type { Message } from "~/api/types";

/** A part of what was said, in order and without a gap. */
export type Timeline = Readonly<{
  messages: readonly Message[];
  hasOlder: boolean;
  hasNewer: boolean;
}>;

export const NONE: Timeline = { messages: [], hasOlder: false, hasNewer: false };

/** So many messages stand on a page at most: beyond that, those at the far end are fetched anew when somebody goes there. */
export const MOST = 600;

export const firstSeq = ({ messages }: Timeline): number => messages[0]?.seq ?? 0;
export const lastSeq = ({ messages }: Timeline): number => messages.at(-1)?.seq ?? 0;

/** Each message once, by `_id`, as it was changed last, and by number. */
export function merged(known: readonly Message[], heard: readonly Message[]): readonly Message[] {
  const byId = new Map(known.map((message) => [message._id, message]));
  for (const message of heard) {
    const before = byId.get(message._id);
    if (!before || before.rev <= message.rev) byId.set(message._id, message);
  }
  return [...byId.values()].sort((a, b) => a.seq - b.seq);
}

/** With the page before it. */
export function withOlder(timeline: Timeline, page: readonly Message[], more: boolean): Timeline {
  return trimmed({ ...timeline, messages: merged(timeline.messages, page), hasOlder: more }, "newer");
}

/** With the page after it. */
export function withNewer(timeline: Timeline, page: readonly Message[], more: boolean): Timeline {
  return trimmed({ ...timeline, messages: merged(timeline.messages, page), hasNewer: more }, "older");
}

/**
 * With a message that was just said. While later ones are not on the page it is not added, since that would leave a gap; it
 * comes with their pages.
 */
export function withMessage(timeline: Timeline, message: Message): Timeline {
  const { messages, hasNewer } = timeline;
  const known = messages.some(({ _id }) => _id === message._id);
  if (!known && (hasNewer || message.seq < firstSeq(timeline))) return timeline;
  return { ...timeline, messages: merged(messages, [message]) };
}

/** Without the oldest messages where there are too many; for when nobody looks at them. */
export function withoutOldest(timeline: Timeline): Timeline {
  return trimmed(timeline, "older");
}

/** With what a message is after a change; one that is not on the page stays away. */
export function withChange(timeline: Timeline, changed: Message): Timeline {
  const known = timeline.messages.find(({ _id }) => _id === changed._id);
  if (!known || known.rev > changed.rev) return timeline;
  return { ...timeline, messages: merged(timeline.messages, [changed]) };
}

/** With nothing left of a message but its place. */
export function withoutContent(timeline: Timeline, messageId: string, rev: number): Timeline {
  const known = timeline.messages.find(({ _id }) => _id === messageId);
  if (!known) return timeline;
  const gone = {
    deleted: true,
    content: "",
    reactions: {},
    poll: null,
    files: [],
    verdict: null,
    mentions: [],
    rev: Math.max(rev, known.rev),
  };
  return withChange(timeline, { ...known, ...gone });
}

/** Without the messages before number `seq`, which are kept no more. */
export function withoutBefore(timeline: Timeline, seq: number): Timeline {
  const messages = timeline.messages.filter((message) => message.seq >= seq);
  if (messages.length === timeline.messages.length && (messages[0]?.seq ?? seq) > seq) return timeline;
  return { ...timeline, messages, hasOlder: false };
}

/** The number after which messages are missing although later ones are there; null where none are. */
export function gapAfter({ messages }: Timeline): number | null {
  for (let index = 1; index < messages.length; index++) {
    const [before, after] = [messages[index - 1]?.seq ?? 0, messages[index]?.seq ?? 0];
    if (after > before + 1) return before;
  }
  return null;
}

function trimmed(timeline: Timeline, far: "older" | "newer"): Timeline {
  const { messages } = timeline;
  if (messages.length <= MOST) return timeline;
  return far === "older"
    ? { ...timeline, messages: messages.slice(-MOST), hasOlder: true }
    : { ...timeline, messages: messages.slice(0, MOST), hasNewer: true };
}
