/** What this device stores of chat: messages on their way, marks of what was read, and drafts. */
import type { RoomFile } from "~/api/types";
import { database } from "../database";
import { makeRowStore } from "../rowStore";

/** A message on its way to its room. */
export type StoredMessage = Readonly<{
  /** Its `clientId` for the server, too: sent twice it is one message, however late. */
  id: string;
  kind: "message";
  /** The id of who wrote it; empty where nobody was signed in yet. */
  by: string;
  room: string;
  content: string;
  replyTo: string | null;
  mentions: readonly string[];
  /** Makes it a poll. */
  choices: readonly string[] | null;
  /** Files that the server has taken already. Rows of earlier versions of the app have none. */
  files?: readonly RoomFile[];
  /** When it was written, ms since 1970; no two are the same, so that it also tells their order. */
  writtenAt: number;
  /** Why the server refused it: it is not sent again before the person says so. */
  failure: Readonly<{ code: string; sentence: string }> | null;
}>;

/** Up to where somebody has read a room, until the server knows. */
export type ReadMark = Readonly<{
  id: string;
  kind: "read";
  room: string;
  seq: number;
  /** Moves the mark back to before `seq`, on purpose. */
  unread: boolean;
}>;

/** What stands in the field of a room and was not sent. */
export type Draft = Readonly<{ id: string; kind: "draft"; room: string; text: string }>;

type Stored = StoredMessage | ReadMark | Draft;

const rows = makeRowStore<Stored, "messages">(database, "messages");

/** Calls `listener` when another tab changed what is stored. */
export const { onChangedElsewhere } = rows;

/** Everything that is stored; null when the database does not answer, so that nobody knows. */
export async function storedRows(): Promise<Readonly<{
  messages: readonly StoredMessage[];
  reads: readonly ReadMark[];
  drafts: readonly Draft[];
}> | null> {
  const all = await rows.all();
  if (!all) return null;
  return {
    messages: all.filter((row) => row.kind === "message").sort((a, b) => a.writtenAt - b.writtenAt),
    reads: all.filter((row) => row.kind === "read"),
    drafts: all.filter((row) => row.kind === "draft"),
  };
}

/** The message as it is stored now; null when it is gone, `own` when the database does not answer. */
export async function currentMessage(own: StoredMessage): Promise<StoredMessage | null> {
  try {
    const row = await rows.get(own.id);
    return row?.kind === "message" ? row : null;
  } catch {
    return own;
  }
}

/** Stores a row, and tells whether it is on the disk. */
export function storeRow(row: Stored): Promise<boolean> {
  return rows.put(row);
}

/** Changes a message that is stored, and gives it as it is then; null when it is gone. */
export async function changeMessage(
  own: StoredMessage,
  changes: Partial<StoredMessage>,
): Promise<StoredMessage | null> {
  const changed = await rows.update(own, (row) => (row.kind === "message" ? { ...row, ...changes } : null));
  return changed?.kind === "message" ? changed : null;
}

/** Removes a mark, unless a later one took its place. */
export async function removeMark({ id, seq, unread }: ReadMark): Promise<void> {
  const now = await rows.get(id).catch(() => null);
  if (now?.kind === "read" && now.seq === seq && now.unread === unread) await rows.remove(id);
}

export function removeRow(id: string): Promise<void> {
  return rows.remove(id);
}

export function removeAllRows(): Promise<void> {
  return rows.removeAll();
}
