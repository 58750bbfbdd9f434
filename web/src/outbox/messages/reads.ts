/** Marks of what was read: kept until the server knows them, so that they hold without a network, too. */
import { probeDelay } from "~/api/query";
import { onChangedElsewhere, removeMark, storedRows, storeRow, type ReadMark } from "./store";
import { isPassing, read } from "./transport";

/** Milliseconds after a mark before it is sent: who scrolls through a room makes many. */
const SETTLED_MS = 400;

let waiting: ReadonlyMap<string, ReadMark> = new Map();
const listeners = new Set<() => void>();
const confirmedListeners = new Set<(room: string, seq: number) => void>();
let timer: ReturnType<typeof setTimeout> | undefined;
let failures = 0;
let running: Promise<void> | null = null;

onChangedElsewhere(() => void loadReads());

/** The mark of a room that the server does not know yet; it counts before what the server says. */
export function waitingRead(room: string): ReadMark | undefined {
  return waiting.get(room);
}

/** Calls `listener` when `waitingRead` may answer something else. */
export function onReadsChanged(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Calls `listener` when the server has taken a mark, with up to where it says that was read. */
export function onReadConfirmed(listener: (room: string, seq: number) => void): () => void {
  confirmedListeners.add(listener);
  return () => confirmedListeners.delete(listener);
}

/** Somebody has read `room` up to `seq`, or with `unread` wants to read it again from `seq` on. */
export async function markRead(room: string, seq: number, unread = false): Promise<void> {
  const before = waiting.get(room);
  if (!unread && before && !before.unread && before.seq >= seq) return;
  const mark: ReadMark = { id: `read:${room}`, kind: "read", room, seq, unread };
  change(new Map([...waiting, [room, mark]]));
  after(SETTLED_MS);
  await storeRow(mark);
}

/** Reads the marks that an earlier visit or another tab stored. Those that are made meanwhile are newer. */
export async function loadReads(): Promise<void> {
  const before = waiting;
  const stored = await storedRows();
  if (!stored) return;
  const since = [...waiting].filter(([room, mark]) => before.get(room) !== mark);
  const settled = new Set([...before.keys()].filter((room) => !waiting.has(room)));
  const read = stored.reads.filter(({ room }) => !settled.has(room));
  change(new Map([...read.map((mark) => [mark.room, mark] as const), ...since]));
}

/** Sends the marks that wait. Resolves when the server has answered, or cannot be reached. */
export function flushReads(): Promise<void> {
  clearTimeout(timer);
  running ??= sendAll().finally(() => {
    running = null;
  });
  return running;
}

export function forgetReads(): void {
  clearTimeout(timer);
  change(new Map());
}

async function sendAll(): Promise<void> {
  for (const mark of waiting.values()) {
    if (!navigator.onLine) return;
    try {
      const seq = await read(mark);
      failures = 0;
      for (const listener of confirmedListeners) listener(mark.room, seq);
    } catch (error) {
      if (isPassing(error)) {
        after(probeDelay(failures++, error));
        return;
      }
      // The room is gone, or somebody was sent out of it: nothing is left to be marked.
    }
    await settle(mark);
  }
}

/** Forgets a mark, unless a later one took its place meanwhile. */
async function settle(mark: ReadMark): Promise<void> {
  if (waiting.get(mark.room) === mark) change(new Map([...waiting].filter(([room]) => room !== mark.room)));
  else after(SETTLED_MS);
  await removeMark(mark);
}

function after(milliseconds: number): void {
  clearTimeout(timer);
  timer = setTimeout(() => void flushReads(), milliseconds);
}

function change(next: typeof waiting): void {
  waiting = next;
  for (const listener of listeners) listener();
}
