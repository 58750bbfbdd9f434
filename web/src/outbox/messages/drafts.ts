/** What stands in the fields of rooms and was not sent, a text a room. */
import { removeRow, storedRows, storeRow } from "./store";

const drafts = new Map<string, string>();
let loaded: Promise<void> | null = null;

/** Reads the drafts that an earlier visit stored; once. */
export function loadDrafts(): Promise<void> {
  loaded ??= storedRows().then((stored) => {
    for (const { room, text } of stored?.drafts ?? []) if (!drafts.has(room)) drafts.set(room, text);
  });
  return loaded;
}

/** The draft of a room, "" for none. `loadDrafts` comes first. */
export function draftOf(room: string): string {
  return drafts.get(room) ?? "";
}

/** Keeps `text` as what stands in the field of `room`. */
export async function keepDraft(room: string, text: string): Promise<void> {
  const id = `draft:${room}`;
  if (draftOf(room) === text) return;
  drafts.set(room, text);
  if (text === "") await removeRow(id);
  else await storeRow({ id, kind: "draft", room, text });
}

export function forgetDrafts(): void {
  drafts.clear();
}
