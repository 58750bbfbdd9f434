/** Removes the jobs of photos that the person removed from the platform, however long it takes to reach it. */
import { removeJob } from "~/api/removeJob";
import { untilNext } from "./send";
import { pendingRemovals, removeRow, storeRow, type PendingRemoval } from "./store";

/** How long the platform keeps a job: older ones are gone anyway. */
const GONE_MS = 30 * 24 * 3_600_000;

/** When the next attempt is made, ms since 1970; null when nothing is left to remove. */
let retryAt: number | null = null;

/** When `sendRemovals` is to be called next, ms since 1970; null when nothing is left to remove. */
export function removalDueAt(): number | null {
  return retryAt;
}

/** Nothing is left to remove, or it is being removed now. */
export function clearDue(): void {
  retryAt = null;
}

/** Stores which jobs are to be removed until they are, and makes the first attempt. */
export async function requestRemoval(dropped: PendingRemoval): Promise<void> {
  await storeRow(dropped);
  await sendOnce(dropped);
}

/** Sends all removals that are still stored. */
export async function sendRemovals(): Promise<void> {
  clearDue();
  if (!navigator.onLine) return;
  for (const dropped of await pendingRemovals()) await sendOnce(dropped);
}

/** Removals that are being sent: the row is there for whoever reads it meanwhile. */
const sending = new Map<string, Promise<void>>();

/** Sends a removal, unless it is being sent; what fails is tried again later. */
function sendOnce(removal: PendingRemoval): Promise<void> {
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
    else retryAt = Date.now() + untilNext(error);
  }
}
