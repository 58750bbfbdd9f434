/** What pages do with messages that wait for the server: write, try again, remove. */
import { onSessionEnded, onSessionStarted, person } from "~/api/session";
import type { RoomFile } from "~/api/types";
import { flush, forgetPauses } from "./delivery";
import { forgetDrafts } from "./drafts";
import {
  addToList,
  clearList,
  dropMessage,
  queue,
  queuedMessage,
  refresh,
  removeFromList,
  update,
} from "./list";
import { flushReads, forgetReads, loadReads } from "./reads";
import { onChangedElsewhere, removeAllRows, storeRow, type StoredMessage } from "./store";

/** What somebody has written, before it has an id. */
export type Written = Readonly<{
  room: string;
  content: string;
  replyTo?: string | null;
  mentions?: readonly string[];
  /** Makes it a poll. */
  choices?: readonly string[] | null;
  /** Files that the server has taken already. */
  files?: readonly RoomFile[];
}>;

onChangedElsewhere(() => void refresh());

/** Reads what an earlier visit or another tab stored, and sends what can be sent: marks first, then messages. */
export async function resume(): Promise<void> {
  await Promise.all([refresh(), loadReads()]);
  await flushReads();
  await flush();
}

/** The same when the network is back: nothing waits for its next try any longer. */
export function resumeOnline(): Promise<void> {
  forgetPauses();
  return resume();
}

/** Stores a message and sends it as soon as possible. It is on the list when this returns, and on the disk when it resolves. */
export async function addMessage(written: Written): Promise<void> {
  const message: StoredMessage = {
    id: identifier(),
    kind: "message",
    by: person()?.id ?? "",
    room: written.room,
    content: written.content,
    replyTo: written.replyTo ?? null,
    mentions: written.mentions ?? [],
    choices: written.choices ?? null,
    files: written.files ?? [],
    writtenAt: Math.max(Date.now(), (queue().at(-1)?.writtenAt ?? 0) + 1),
    failure: null,
  };
  addToList(message);
  await storeRow(message);
  void flush();
}

/** A random name; `crypto.randomUUID` is missing in insecure contexts. */
function identifier(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) =>
    byte.toString(16).padStart(2, "0"),
  ).join("");
}

/** Sends a message again that was refused, as the same message. */
export async function retryMessage(id: string): Promise<void> {
  if (queuedMessage(id)?.phase === "sending") return;
  await update(id, { failure: null }, { phase: "waiting", retryAt: null });
  void flush();
}

/** Removes a message that has not arrived. */
export function removeMessage(id: string): Promise<void> {
  return dropMessage(id);
}

/** Removes all that chat stores on this device, sent or not. */
export async function removeAllMessages(): Promise<void> {
  for (const { id } of queue()) removeFromList(id);
  forgetHere();
  await removeAllRows();
}

// Who is signed in next must not send what another account has written.
onSessionEnded(forgetHere);
onSessionStarted(() => void resume());

function forgetHere(): void {
  clearList();
  forgetReads();
  forgetDrafts();
}
