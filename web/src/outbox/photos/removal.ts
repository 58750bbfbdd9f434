/** Has the platform forget the jobs of photos that are not wanted any more, however long it takes to reach it. */
import { removeJob } from "~/api/removeJob";
import { untilNext } from "./send";
import { pendingRemovals, removeRow, storeRow, type PendingRemoval } from "./store";

/** As long as the platform keeps a job. */
const GONE_MS = 30 * 24 * 3_600_000;

/** When the platform is told again what it shall forget, ms since 1970. */
let again: number | null = null;

/** When `removeDropped` is due again, ms since 1970; null when nothing is left to tell. */
export function dueAt(): number | null {
  return again;
}

/** Nothing is left to tell, or it is told right now. */
export function notDue(): void {
  again = null;
}

/** Remembers which jobs the platform shall forget until it has, and tells it once. */
export async function remove(dropped: PendingRemoval): Promise<void> {
  await storeRow(dropped);
  await tellPlatform(dropped);
}

/** Tells the platform what it has not heard yet. */
export async function removeDropped(): Promise<void> {
  notDue();
  if (!navigator.onLine) return;
  for (const dropped of await pendingRemovals()) await tellPlatform(dropped);
}

/** Removals that are being sent: the row is there for whoever reads it meanwhile. */
const sending = new Map<string, Promise<void>>();

/** Tells the platform once which jobs to remove; what fails is tried again later. */
function tellPlatform(removal: PendingRemoval): Promise<void> {
  const known = sending.get(removal.id);
  if (known) return known;
  const sent = sendRemoval(removal).finally(() => sending.delete(removal.id));
  sending.set(removal.id, sent);
  return sent;
}

async function sendRemoval({ id, jobs, droppedAt }: PendingRemoval): Promise<void> {
  try {
    for (const jobId of jobs) {
      await removeJob(jobId); // the first stops what is under way
      await removeJob(jobId);
    }
    await removeRow(id);
  } catch (error) {
    if (Date.now() - droppedAt > GONE_MS) await removeRow(id);
    else again = Date.now() + untilNext(error);
  }
}
