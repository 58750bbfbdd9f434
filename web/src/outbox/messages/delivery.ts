/** Sends messages, those of a room one after the other, and sets a timer for what has to be tried later. */
import { describe } from "~/api/describe";
import { Problem } from "~/api/problem";
import { probeDelay } from "~/api/query";
import type { Message } from "~/api/types";
import { dropMessage, queue, queuedMessage, removeFromList, toStored, update, updateShown } from "./list";
import { currentMessage, type StoredMessage } from "./store";
import { isPassing, post } from "./transport";

const LOCK = "bunri.messages";

const deliveredListeners = new Set<(message: Message) => void>();
/** How often each message could not be sent since the network came back. */
const failed = new Map<string, number>();
let running: Promise<void> | null = null;
let timer: ReturnType<typeof setTimeout> | undefined;

/** Calls `listener` with each message that has arrived in its room; gives what ends that. */
export function onDelivered(listener: (message: Message) => void): () => void {
  deliveredListeners.add(listener);
  return () => deliveredListeners.delete(listener);
}

/** Sends what waits; in one tab at a time. Resolves when nothing is left that could be sent now. */
export function flush(): Promise<void> {
  running ??= round().finally(() => {
    running = null;
    schedule();
  });
  return running.then(() => (nextToSend() ? flush() : undefined));
}

/** The network is back: what waits for its next try is tried now. */
export function forgetPauses(): void {
  failed.clear();
  for (const { id, phase, retryAt } of queue())
    if (phase === "waiting" && retryAt !== null) updateShown(id, { retryAt: null });
}

async function round(): Promise<void> {
  clearTimeout(timer);
  if (!nextToSend()) return;
  await inOneTab(async () => {
    for (let next = nextToSend(); next; next = nextToSend()) await deliver(next);
  });
}

/** The next message that can be sent now: never before an earlier one of its room, but for those that were refused. */
function nextToSend(): StoredMessage | undefined {
  if (!navigator.onLine) return undefined;
  const blocked = new Set<string>();
  for (const message of queue()) {
    if (message.phase === "failed" || blocked.has(message.room)) continue;
    const due = message.retryAt === null || message.retryAt <= Date.now();
    if (message.phase === "waiting" && due) return message;
    blocked.add(message.room);
  }
  return undefined;
}

async function inOneTab(work: () => Promise<void>): Promise<void> {
  // The types promise locks everywhere; an insecure context has none.
  const locks = navigator.locks as LockManager | undefined;
  await (locks ? locks.request(LOCK, work) : work());
}

async function deliver(message: StoredMessage): Promise<void> {
  const { id } = message;
  // Another tab may have sent or removed it while this one waited for the lock.
  const kept = await currentMessage(toStored(message));
  if (!queuedMessage(id)) return;
  if (!kept) {
    removeFromList(id);
    return;
  }
  updateShown(id, { ...kept, phase: "sending", retryAt: null });
  try {
    const arrived = await post(kept);
    // Shown in its room first, and taken off the list then: it is never missing in between.
    for (const listener of deliveredListeners) listener(arrived);
    failed.delete(id);
    await dropMessage(id);
  } catch (error) {
    await postpone(id, error);
  }
}

/** Tries again later after a failure that may pass; after any other the person decides. */
async function postpone(id: string, error: unknown): Promise<void> {
  if (isPassing(error)) {
    const failures = failed.get(id) ?? 0;
    failed.set(id, failures + 1);
    updateShown(id, { phase: "waiting", retryAt: Date.now() + Math.max(250, probeDelay(failures, error)) });
    return;
  }
  const code = error instanceof Problem ? error.code : "internal";
  const failure = { code, sentence: describe(error).sentence };
  await update(id, { failure }, { phase: "failed", retryAt: null });
}

function schedule(): void {
  const times = queue().flatMap(({ phase, retryAt }) => (phase === "waiting" && retryAt ? [retryAt] : []));
  clearTimeout(timer);
  if (times.length === 0) return;
  timer = setTimeout(() => void flush(), Math.max(250, Math.min(...times) - Date.now()));
}
