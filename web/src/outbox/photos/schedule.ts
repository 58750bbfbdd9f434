/** Sends what waits for the platform, and sets a timer for what has to be tried later. */
import { deliverAll, nextToSend } from "./delivery";
import { queue } from "./list";
import { removalDueAt, sendRemovals } from "./removal";

let running: Promise<void> | null = null;
let timer: ReturnType<typeof setTimeout> | undefined;

/** Sends what waits, one after the other; in one tab at a time. Resolves when nothing is left that could be sent now. */
export function flush(): Promise<void> {
  running ??= round().finally(() => {
    running = null;
    schedule();
  });
  // Photos that were added while the last one was being sent are sent, too.
  return running.then(() => (nextToSend() ? flush() : undefined));
}

async function round(): Promise<void> {
  clearTimeout(timer);
  await deliverAll();
  await sendRemovals();
}

/** Sets the timer for what has to be tried later. */
export function schedule(): void {
  const times = queue().flatMap(({ phase, retryAt }) =>
    phase === "waiting" && retryAt !== null ? [retryAt] : [],
  );
  const due = removalDueAt();
  if (due !== null) times.push(due);
  if (times.length === 0) return;
  clearTimeout(timer);
  timer = setTimeout(() => void flush(), Math.max(250, Math.min(...times) - Date.now()));
}
