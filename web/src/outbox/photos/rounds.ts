/** Goes round by round through what waits for the platform, and comes back for what has to wait a while. */
import { deliverAll, ready } from "./delivery";
import { queue } from "./list";
import { dueAt, removeDropped } from "./removal";

let running: Promise<void> | null = null;
let timer: ReturnType<typeof setTimeout> | undefined;

/** Sends what waits, one after the other; in one tab at a time. Resolves when nothing is left that could be sent now. */
export function flush(): Promise<void> {
  running ??= round().finally(() => {
    running = null;
    schedule();
  });
  // What came in while the last one was leaving has its turn, too.
  return running.then(() => (ready() ? flush() : undefined));
}

async function round(): Promise<void> {
  clearTimeout(timer);
  await deliverAll();
  await removeDropped();
}

/** Comes back for those that have to wait a while. */
export function schedule(): void {
  const times = queue().flatMap(({ phase, again }) => (phase === "waiting" && again !== null ? [again] : []));
  const due = dueAt();
  if (due !== null) times.push(due);
  if (times.length === 0) return;
  clearTimeout(timer);
  timer = setTimeout(() => void flush(), Math.max(250, Math.min(...times) - Date.now()));
}
