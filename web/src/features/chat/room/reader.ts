import { markRead } from "~/outbox/messages/reads";
import { forgetOldest, isLookedAt, loadNewer, loadOlder, type Conversation } from "../store/conversation";
import { readSeqOf, roomOf } from "../store/rooms";

/** Pixels from the end within which somebody is at the newest message. */
const NEAR_END = 48;
/** Pixels from the edge of what is here at which more is fetched. */
const FETCH_WITHIN = 900;
/** Where an unread or searched message is put, as a part of the height that can be seen. */
const UPPER_PART = 0.2;

type Place = Readonly<{
  atEnd: boolean;
  /** The message that is the anchor; null for none. */
  key: string | null;
  /** Where it is in the list, and below the upper edge of what can be seen. */
  offset: number;
  top: number;
  /** The last wish to see a message that was granted. */
  goal: number;
}>;

/** Where each room was left, as long as the tab is open. */
const places = new Map<string, Place>();

/** What pages show of where somebody reads. */
type Shown = Readonly<{
  /** Whether the newest message can be seen, with all that follows it. */
  atEnd: boolean;
  /** Whether the line above what is unread is further up than what can be seen. */
  unreadAbove: boolean;
}>;

export type Reader = Readonly<{
  /** Looks after `list`, which scrolls within `view`; gives what ends that. */
  attach: (view: HTMLElement, list: HTMLElement) => () => void;
  /** To be called with what is drawn now, before it is painted. */
  settle: (drawn: Conversation) => void;
  /** To be called after somebody has scrolled. */
  remember: () => void;
  shown: () => Shown;
  subscribe: (listener: () => void) => () => void;
}>;

/**
 * Keeps the line that somebody reads where it is, whatever arrives above or below it; at the end of the room it follows.
 *
 * A message that can be seen is the anchor: before anything is painted, the list is scrolled by as much as that message has
 * moved within it. The browsers' own anchoring does the same in some of them, and is turned off.
 */
export function makeReader(room: string): Reader {
  let place: Place = places.get(room) ?? { atEnd: true, key: null, offset: 0, top: 0, goal: -1 };
  let shown: Shown = { atEnd: place.atEnd, unreadAbove: false };
  let conversation: Conversation | null = null;
  let elements: Readonly<{ view: HTMLElement; list: HTMLElement }> | null = null;
  const listeners = new Set<() => void>();

  const show = (next: Shown) => {
    if (next.atEnd === shown.atEnd && next.unreadAbove === shown.unreadAbove) return;
    shown = next;
    for (const listener of listeners) listener();
  };

  const remember = () => {
    if (!elements || !conversation) return;
    const { view, list } = elements;
    const atEnd = isNearEnd(view) && !conversation.hasNewer;
    place = { ...place, ...anchorIn(view, list), atEnd };
    places.set(room, place);
    show({ atEnd, unreadAbove: isUnreadAbove(view, list) });
    if (isLookedAt() && !conversation.held) markSeen(room, view, list, atEnd);
    if (atEnd) forgetOldest(room);
    if (view.scrollTop < FETCH_WITHIN) void loadOlder(room);
    if (view.scrollHeight - view.scrollTop - view.clientHeight < FETCH_WITHIN) void loadNewer(room);
  };

  const settleNow = () => {
    if (!elements || !conversation) return;
    const { view, list } = elements;
    const { goal, firstUnread } = conversation;
    if (goal && goal.count !== place.goal) {
      place = { ...place, goal: goal.count };
      if (goal.seq === "newest") view.scrollTop = view.scrollHeight;
      else showMessage(view, list, goal.seq, firstUnread === goal.seq);
    } else if (place.atEnd) view.scrollTop = view.scrollHeight;
    else moveBack(view, list, place);
    remember();
  };

  return {
    attach(view, list) {
      elements = { view, list };
      comeBack(view, list, place);
      if (!place.atEnd) place = { ...place, ...anchorIn(view, list) };
      settleNow();
      const sizes = new ResizeObserver(settleNow); // pictures that have come, a keyboard, text of another size
      sizes.observe(view);
      sizes.observe(list);
      window.addEventListener("focus", remember);
      document.addEventListener("visibilitychange", remember);
      return () => {
        elements = null;
        sizes.disconnect();
        window.removeEventListener("focus", remember);
        document.removeEventListener("visibilitychange", remember);
      };
    },
    settle(drawn) {
      conversation = drawn;
      settleNow();
    },
    remember,
    shown: () => shown,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

function isNearEnd({ scrollHeight, scrollTop, clientHeight }: HTMLElement): boolean {
  return scrollHeight - scrollTop - clientHeight < NEAR_END;
}

function messagesIn(list: HTMLElement): readonly HTMLElement[] {
  return [...list.querySelectorAll<HTMLElement>("[data-key]")];
}

/** The first message that begins within what can be seen, else the one that fills it; and where it is in the list. */
function anchorIn(view: HTMLElement, list: HTMLElement): Pick<Place, "key" | "offset" | "top"> {
  const [top, bottom] = [view.getBoundingClientRect().top, view.getBoundingClientRect().bottom];
  let found: HTMLElement | null = null;
  for (const message of messagesIn(list)) {
    const box = message.getBoundingClientRect();
    if (box.bottom <= top) continue;
    if (box.top >= bottom) break;
    found ??= message;
    if (box.top >= top) {
      found = message;
      break;
    }
  }
  if (!found) return { key: null, offset: 0, top: 0 };
  return {
    key: found.dataset.key ?? null,
    offset: offsetOf(found, list),
    top: found.getBoundingClientRect().top - top,
  };
}

function offsetOf(message: HTMLElement, list: HTMLElement): number {
  return message.getBoundingClientRect().top - list.getBoundingClientRect().top;
}

/** Puts the anchor where it was seen when the room was left. */
function comeBack(view: HTMLElement, list: HTMLElement, { atEnd, key, top }: Place): void {
  const anchor = messageIn(list, key);
  if (anchor && !atEnd)
    view.scrollTop += anchor.getBoundingClientRect().top - view.getBoundingClientRect().top - top;
}

/** Scrolls by as much as the anchor has moved within the list. */
function moveBack(view: HTMLElement, list: HTMLElement, { key, offset }: Place): void {
  const anchor = messageIn(list, key);
  if (!anchor) return;
  const moved = offsetOf(anchor, list) - offset;
  if (Math.abs(moved) > 0.1) view.scrollTop += moved;
}

function messageIn(list: HTMLElement, key: string | null): HTMLElement | null {
  return key === null ? null : list.querySelector<HTMLElement>(`[data-key="${CSS.escape(key)}"]`);
}

function showMessage(view: HTMLElement, list: HTMLElement, seq: number, isUnread: boolean): void {
  const message = list.querySelector<HTMLElement>(`[data-seq="${seq}"]`);
  if (!message) return;
  view.scrollTop +=
    message.getBoundingClientRect().top - view.getBoundingClientRect().top - view.clientHeight * UPPER_PART;
  if (isUnread) return;
  message.focus({ preventScroll: true });
  message.dataset.found = "";
  message.addEventListener("animationend", () => delete message.dataset.found, { once: true });
}

function isUnreadAbove(view: HTMLElement, list: HTMLElement): boolean {
  const line = list.querySelector("[data-unread]");
  return line !== null && line.getBoundingClientRect().bottom < view.getBoundingClientRect().top;
}

/** Whatever ends within what can be seen has been read, and all above it. */
function markSeen(room: string, view: HTMLElement, list: HTMLElement, isAtEnd: boolean): void {
  const known = roomOf(room);
  if (!known?.role) return;
  const bottom = view.getBoundingClientRect().bottom + 8;
  let seen = 0;
  for (const message of messagesIn(list)) {
    if (!isAtEnd && message.getBoundingClientRect().bottom > bottom) break;
    seen = Math.max(seen, Number(message.dataset.seq ?? 0));
  }
  if (seen > readSeqOf(known)) void markRead(room, seen);
}
