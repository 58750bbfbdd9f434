/** Files that somebody has added to a message which is not sent yet: kept over a reload of the tab. */
import type { RoomFile } from "~/api/types";
import { database } from "../database";
import { makeRowStore } from "../rowStore";

/** Bytes of all files together; what goes beyond is lost with the page, as everything was before. */
export const MOST_BYTES = 60 * 2 ** 20;
/** The server forgets files without a message after a day, too. */
const KEPT_MS = 24 * 60 * 60_000;
const TAB = "bunri.tab";

export type WaitingFile = Readonly<{
  id: string;
  /** The id of who added it; empty where nobody was signed in yet. */
  by: string;
  /** The tab in which it was added: another one that is open does not send it as well. */
  tab: string;
  room: string;
  name: string;
  size: number;
  /** None once the server has taken it. */
  bytes: Blob | null;
  /** As the server has taken it. */
  file: RoomFile | null;
  /** Ms since 1970. */
  addedAt: number;
}>;

const rows = makeRowStore<WaitingFile, "files">(database, "files");

/** One change after the other, in the order in which they were asked for. */
let last: Promise<unknown> = Promise.resolve();

function inTurn<T>(work: () => Promise<T>): Promise<T> {
  const done = last.then(work, work);
  last = done.catch(() => undefined);
  return done;
}

/** This tab, also after a reload. Without storage each page is another one. */
export function thisTab(): string {
  try {
    const known = sessionStorage.getItem(TAB) ?? `${Date.now()}.${Math.random()}`;
    sessionStorage.setItem(TAB, known);
    return known;
  } catch {
    return "";
  }
}

/** Stores a file, where there is room for it. */
export function keepFile(file: WaitingFile): Promise<void> {
  return inTurn(async () => {
    const all = (await rows.all()) ?? [];
    const used = all.reduce((sum, { bytes }) => sum + (bytes?.size ?? 0), 0);
    if (file.tab !== "" && used + file.size <= MOST_BYTES) await rows.put(file);
  });
}

/** The server has taken a file: its bytes are not needed any more. */
export function keepTaken(id: string, file: RoomFile): Promise<void> {
  return inTurn(async () => {
    const row = await rows.get(id).catch(() => null);
    if (row) await rows.put({ ...row, bytes: null, file });
  });
}

/** The files of this tab that wait in a room, the oldest first. Those of tabs that are long gone are removed. */
export function waitingFiles(room: string, by: string): Promise<readonly WaitingFile[]> {
  return inTurn(async () => {
    const all = (await rows.all()) ?? [];
    for (const { id, addedAt } of all) if (addedAt < Date.now() - KEPT_MS) await rows.remove(id);
    return all
      .filter((row) => row.room === room && row.tab === thisTab() && (row.by === "" || row.by === by))
      .filter(({ addedAt }) => addedAt >= Date.now() - KEPT_MS)
      .sort((a, b) => a.addedAt - b.addedAt);
  });
}

export function removeFile(id: string): Promise<void> {
  return inTurn(() => rows.remove(id));
}

export function removeAllFiles(): Promise<void> {
  return inTurn(() => rows.removeAll());
}
