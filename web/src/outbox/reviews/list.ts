/** The reviews that wait for the server, as pages show them. */
import { useSyncExternalStore } from "react";
import { person } from "~/api/session";
import { removeEntry, storeEntry, storedEntries, type Entry } from "./store";

let waiting: readonly Entry[] = [];
const listeners = new Set<() => void>();
/** Entries that left this tab's list: a read that began before must not add them again. */
const gone = new Set<string>();

function change(next: typeof waiting): void {
  waiting = next;
  for (const listener of listeners) listener();
}

/** Calls `listener` whenever the list changes; gives what ends that. */
export function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Everything that waits, oldest first. */
export function entries(): readonly Entry[] {
  return waiting;
}

export function useEntries(): readonly Entry[] {
  return useSyncExternalStore(subscribe, entries);
}

/** Shows an entry and stores it. It is on the list when this returns, and on the disk when it resolves. */
export async function addEntry(entry: Entry): Promise<void> {
  change([...waiting, entry].sort((a, b) => a.at - b.at));
  await storeEntry(entry);
}

/** Changes an entry as pages show it, and not as it is stored. */
export function updateShown(id: string, news: Partial<Entry>): void {
  change(waiting.map((one) => (one.id === id ? ({ ...one, ...news } as Entry) : one)));
}

/** Takes entries off the list and from the disk. */
export async function dropEntries(ids: readonly string[]): Promise<void> {
  for (const id of ids) gone.add(id);
  change(waiting.filter(({ id }) => !gone.has(id)));
  for (const id of ids) await removeEntry(id);
}

/** Shows nothing any more, until the list is read again. */
export function clearList(): void {
  change([]);
}

/** Reads what is stored on this device, and shows that. */
export async function refresh(): Promise<void> {
  const before = new Set(waiting.map(({ id }) => id));
  const stored = await storedEntries();
  if (!stored) return;
  const ours = stored.filter((entry) => isOurs(entry) && !gone.has(entry.id));
  const ids = new Set(ours.map(({ id }) => id));
  // What was added while the disk was read is not in what was read.
  const added = waiting.filter(({ id }) => !before.has(id) && !ids.has(id));
  change([...ours, ...added].sort((a, b) => a.at - b.at));
}

/** What a guest did, or nobody yet, comes along into an account; what an account did is sent by nobody else. */
function isOurs({ by }: Entry): boolean {
  return by === "" || by.startsWith("guest_") || by === person()?.id;
}
