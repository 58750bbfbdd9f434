/** What pages do with the photos on their way: add, look after, try again, drop. */
import { api, data } from "~/api/client";
import { Problem } from "~/api/problem";
import { preferences } from "~/preferences/store";
import { prepare } from "~/photo/prepare";
import { outcomeOf, tell, type Outcome } from "./delivery";
import { clear, discard, enlist, photoOf, queue, refresh, release, update } from "./list";
import { notDue, remove } from "./removal";
import { flush, schedule } from "./rounds";
import { removeRow, removeAllRows, storeRow, type StoredPhoto } from "./store";

// Whoever fetches this file only when it is needed asks it for the list, too: one file to fetch.
export { queue };

type Added = Readonly<{
  /** Whether it outlives this tab. */
  onDisk: boolean;
  /** Resolves as soon as the photo has a job, has to wait, or is refused. */
  sent: Promise<Outcome>;
}>;

/** Takes up what an earlier visit or another tab left behind, and sends what can be sent. */
export function wake(): Promise<void> {
  return refresh().then(flush);
}

/** Keeps a file that somebody took or chose, and sends it as soon as possible. Throws a Problem for what is no photo. */
export async function add(file: Blob): Promise<Added> {
  const photo = await prepare(file);
  const kept: StoredPhoto = {
    id: identifier(),
    photo,
    takenAt: Date.now(),
    region: preferences().region,
    attempt: 1,
    jobId: null,
    earlier: [],
    handedOver: false,
    failure: null,
  };
  const onDisk = await storeRow(kept);
  enlist(kept);
  return { onDisk, sent: sent(kept.id) };
}

/** A random name; `crypto.randomUUID` is missing in insecure contexts. */
function identifier(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) =>
    byte.toString(16).padStart(2, "0"),
  ).join("");
}

/**
 * Tries a photo again: as a new job when the platform gave it up. Gives the job's id once there is one, or null when it has
 * to wait (no network, a busy platform).
 */
export async function retry(id: string): Promise<string | null> {
  const photo = photoOf(id);
  if (!photo) return null;
  const fresh =
    photo.failure || photo.handedOver ? { attempt: photo.attempt + 1, handedOver: false, failure: null } : {};
  if (photo.phase !== "sending") await update(id, fresh, { phase: "waiting", again: null });
  return (await sent(id)).jobId;
}

function sent(id: string): Promise<Outcome> {
  const outcome = outcomeOf(id);
  void flush().finally(() => {
    tell(id);
  });
  return outcome;
}

/**
 * Forgets a photo that is not wanted any more, here at once and on the platform as soon as it hears of it; until then its
 * jobs are remembered. Resolves after the first try.
 */
export async function drop(id: string): Promise<void> {
  const photo = photoOf(id);
  discard(id);
  const jobs = photo ? [...photo.earlier, ...(photo.jobId ? [photo.jobId] : [])] : [];
  if (jobs.length === 0) {
    await removeRow(id);
    return;
  }
  await remove({ id, jobs, droppedAt: Date.now() });
  schedule();
}

/** Forgets every photo on this device, sent or not. Resolves when they are gone. */
export async function forgetAll(): Promise<void> {
  clear();
  notDue();
  await removeAllRows();
}

/** The answer is there: the platform keeps the picture from now on. Its address here stays good for this visit. */
export async function answered(jobId: string): Promise<void> {
  const photo = queue().find((one) => one.jobId === jobId);
  if (!photo) return;
  release(photo, jobId);
  await removeRow(photo.id);
}

/**
 * The analysis failed: the photo is kept, so that it can be tried again. While it is being sent, that is not said of the
 * picture: its job ran out, and the next one is on its way.
 */
export async function failed(jobId: string, code: string, sentence: string): Promise<void> {
  const photo = queue().find((one) => one.jobId === jobId);
  if (photo?.phase === "sent") {
    const failure = { code, sentence };
    await update(photo.id, { failure }, { phase: "failed" });
  }
}

/** Asks once for the photos that were handed over and that nobody watches. Gives the jobs that have an answer now. */
export async function look(): Promise<readonly string[]> {
  const answers: string[] = [];
  for (const { id, jobId, phase } of queue()) {
    if (phase !== "sent" || !jobId) continue;
    try {
      const { status, code, message } = await data(
        api.GET("/api/v1/waste/status/{job_id}", { params: { path: { job_id: jobId } } }),
      );
      if (status === "done" || status === "asked") {
        await answered(jobId);
        answers.push(jobId);
      } else if (status === "failed") await failed(jobId, code ?? "internal", message);
      else if (status === "cancelled") await removed(id);
    } catch (error) {
      // Anything else passes: it is asked again.
      if (error instanceof Problem && error.code === "job_missing") await removed(id);
    }
  }
  return answers;
}

async function removed(id: string): Promise<void> {
  discard(id);
  await removeRow(id);
}
