/** The messages that wait for the server, as pages show them: what is stored on this device, and how far it is in this tab. */
import { useSyncExternalStore } from "react";
import { person } from "~/api/session";
import { changeMessage, removeRow, storedRows, type StoredMessage } from "./store";

/** A message that is not in its room yet, as a page shows it. */
export type QueuedMessage = StoredMessage &
  Readonly<{
    phase: "waiting" | "sending" | "failed";
    /** When it is tried again, ms since 1970; null when nothing but the network is missing. */
    retryAt: number | null;
  }>;

let queued: readonly QueuedMessage[] = [];
const listeners = new Set<() => void>();
/** Messages that left this tab's list: a read that began before must not add them again. */
const gone = new Set<string>();

function change(next: typeof queued): void {
  queued = next;
  for (const listener of listeners) listener();
}

/** Calls `listener` whenever the list changes; gives what ends that. */
export function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** All messages that wait, oldest first. */
export function useQueue(): readonly QueuedMessage[] {
  return useSyncExternalStore(subscribe, queue);
}

export function queue(): readonly QueuedMessage[] {
  return queued;
}

export function queuedMessage(id: string): QueuedMessage | undefined {
  return queued.find((one) => one.id === id);
}

/** Changes a message as pages show it, and not as it is stored. */
export function updateShown(id: string, news: Partial<QueuedMessage>): void {
  change(queued.map((one) => (one.id === id ? { ...one, ...news } : one)));
}

/** Changes a message as it is stored, and as pages show it. */
export async function update(
  id: string,
  news: Partial<StoredMessage>,
  shown: Partial<QueuedMessage> = {},
): Promise<void> {
  const message = queuedMessage(id);
  if (!message) return;
  updateShown(id, { ...news, ...shown });
  if (!(await changeMessage(toStored(message), news))) removeFromList(id);
}

/** Shows a stored message, unless it is shown already. */
export function addToList(message: StoredMessage): void {
  if (queuedMessage(message.id) || gone.has(message.id)) return;
  const one = { ...message, phase: phaseOf(message), retryAt: null };
  change([...queued, one].sort((a, b) => a.writtenAt - b.writtenAt));
}

export function phaseOf({ failure }: StoredMessage): QueuedMessage["phase"] {
  return failure ? "failed" : "waiting";
}

/** Shows nothing any more, until the list is read again. */
export function clearList(): void {
  change([]);
}

/** Takes a message off the list, and not from the disk. */
export function removeFromList(id: string): void {
  gone.add(id);
  change(queued.filter((one) => one.id !== id));
}

/** Takes a message off the list and from the disk. */
export async function dropMessage(id: string): Promise<void> {
  removeFromList(id);
  await removeRow(id);
}

/** The part of a message that is stored. */
export function toStored(queuedOne: StoredMessage): StoredMessage {
  const {
    id,
    kind,
    by,
    room,
    content,
    replyTo,
    mentions,
    choices,
    files = [],
    writtenAt,
    failure,
  } = queuedOne;
  return { id, kind, by, room, content, replyTo, mentions, choices, files, writtenAt, failure };
}

/** Reads what is stored on this device, and shows that, but for what this tab has changed meanwhile. */
export async function refresh(): Promise<void> {
  const before = queued;
  const stored = await storedRows();
  if (!stored) return;
  const messages = stored.messages.filter(isOurs);
  const ids = new Set(messages.map(({ id }) => id));
  for (const { id } of before) if (!ids.has(id)) removeFromList(id); // sent or removed in another tab
  for (const message of messages) {
    const shown = queuedMessage(message.id);
    if (!shown) addToList(message);
    else if (shown.phase !== "sending" && before.includes(shown))
      updateShown(message.id, { ...message, phase: phaseOf(message) });
  }
}

/** What a guest wrote, or nobody yet, comes along into an account; what an account wrote is sent by nobody else. */
function isOurs({ by }: StoredMessage): boolean {
  return by === "" || by.startsWith("guest_") || by === person()?.id;
}
