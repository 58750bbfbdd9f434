/** Files that somebody has added to a message that is not sent yet: each is sent at once, and may be left out again. */
import { describe } from "~/api/describe";
import { Problem } from "~/api/problem";
import { onSessionEnded, person } from "~/api/session";
import type { RoomFile } from "~/api/types";
import { i18n } from "~/i18n";
import { keepFile, keepTaken, removeAllFiles, removeFile, thisTab, waitingFiles } from "~/outbox/files/store";
import { discardFile, MOST_FILES, sendFile } from "./files";
import { makeValue, useValue } from "./value";

export type Attachment = Readonly<{
  key: string;
  name: string;
  size: number;
  phase: "sending" | "ready" | "failed";
  /** How much of it was sent, from 0 to 1; then the server looks at it. */
  share: number;
  /** Once the server has taken it. */
  file: RoomFile | null;
  /** Why it was not taken. */
  sentence: string | null;
}>;

const NONE: readonly Attachment[] = [];

const rooms = makeValue<ReadonlyMap<string, readonly Attachment[]>>(new Map());
/** What is behind those that are not ready: by their keys. */
const sources = new Map<string, Readonly<{ file: File; leaving: AbortController }>>();
/** One after the other in each room: on a phone two would only take twice as long. */
const running = new Map<string, Promise<void>>();
/** Rooms whose files of before a reload were looked for. */
const loaded = new Set<string>();
let made = 0;

onSessionEnded(() => {
  for (const { leaving } of sources.values()) leaving.abort();
  sources.clear();
  rooms.set(new Map());
  void removeAllFiles();
});

/** Goes on with what was added before a reload of this tab; once. */
export async function loadAttachments(room: string): Promise<void> {
  if (loaded.has(room)) return;
  loaded.add(room);
  const known = new Set(of(room).map(({ key }) => key));
  for (const { id: key, name, size, bytes, file } of await waitingFiles(room, person()?.id ?? "")) {
    if (known.has(key) || !(bytes ?? file)) continue;
    const phase = file ? "ready" : "sending";
    set(room, [...of(room), { key, name, size, phase, share: file ? 1 : 0, file, sentence: null }]);
    if (!file && bytes) send(room, key, new File([bytes], name, { type: bytes.type }));
  }
}

/** What is added to the message that is being written in `room`. */
export function useAttachments(room: string): readonly Attachment[] {
  return useValue(rooms).get(room) ?? NONE;
}

function of(room: string): readonly Attachment[] {
  return rooms.get().get(room) ?? NONE;
}

function set(room: string, attachments: readonly Attachment[]): void {
  rooms.set(new Map([...rooms.get(), [room, attachments]]));
}

function change(room: string, key: string, news: Partial<Attachment>): void {
  set(
    room,
    of(room).map((one) => (one.key === key ? { ...one, ...news } : one)),
  );
}

/** Adds files and begins to send them; gives how many were too many for one message. */
export function attach(room: string, files: readonly File[]): number {
  const taken = files.slice(0, Math.max(0, MOST_FILES - of(room).length));
  for (const file of taken) {
    const key = `${thisTab()} ${Date.now()} ${made++}`;
    const { name, size } = file;
    const by = person()?.id ?? "";
    const addedAt = Date.now();
    void keepFile({ id: key, by, tab: thisTab(), room, name, size, bytes: file, file: null, addedAt });
    set(room, [...of(room), { key, name, size, phase: "sending", share: 0, file: null, sentence: null }]);
    send(room, key, file);
  }
  return files.length - taken.length;
}

/** Sends one again that was not taken. */
export function attachAgain(room: string, key: string): void {
  const source = sources.get(key);
  if (!source) return;
  change(room, key, { phase: "sending", share: 0, sentence: null });
  send(room, key, source.file);
}

/** Leaves one out again, however far it is. */
export function detach(room: string, key: string): void {
  const left = of(room).find((one) => one.key === key);
  sources.get(key)?.leaving.abort();
  sources.delete(key);
  void removeFile(key);
  set(
    room,
    of(room).filter((one) => one !== left),
  );
  if (left?.file) void discardFile(left.file.id).catch(() => undefined); // else it goes by itself, tomorrow
}

/** Those that are ready, for a message that is sent now. */
export function takeReady(room: string): readonly RoomFile[] {
  const ready = of(room).flatMap(({ file }) => (file ? [file] : []));
  for (const { key, file } of of(room)) if (file) void removeFile(key);
  set(
    room,
    of(room).filter(({ file }) => !file),
  );
  return ready;
}

function send(room: string, key: string, file: File): void {
  const leaving = new AbortController();
  sources.set(key, { file, leaving });
  const before = running.get(room) ?? Promise.resolve();
  running.set(
    room,
    before.then(() => sendOne(room, key, file, leaving.signal)),
  );
}

async function sendOne(room: string, key: string, file: File, signal: AbortSignal): Promise<void> {
  const isLeft = () => signal.aborted; // it may be left out at any moment
  if (isLeft()) return;
  try {
    if (file.size === 0)
      throw new Problem({ status: 0, code: "file_empty", detail: i18n.t("chat:files.empty") });
    const taken = await sendFile(room, file, {
      signal,
      onProgress: (share) => {
        change(room, key, { share });
      },
    });
    if (isLeft()) {
      void discardFile(taken.id).catch(() => undefined);
      return;
    }
    void keepTaken(key, taken);
    change(room, key, { phase: "ready", share: 1, file: taken });
    sources.delete(key);
  } catch (error) {
    if (!isLeft()) change(room, key, { phase: "failed", sentence: describe(error).sentence });
  }
}
