/** What pages do with the photos that wait for an answer: add, check, try again, remove. */
import { api, data } from "~/api/client";
import { Problem } from "~/api/problem";
import { preferences } from "~/preferences/store";
import { prepare } from "~/photo/prepare";
import { nextOutcome, onNetworkBack, resolveOutcome, type Outcome } from "./delivery";
import {
  clearQueue,
  removeFromQueue,
  addToQueue,
  queuedPhoto,
  queue,
  refresh,
  removeAnswered,
  update,
} from "./list";
import { clearDue, requestRemoval } from "./removal";
import { flush, schedule } from "./schedule";
import { removeRow, removeAllRows, storeRow, type StoredPhoto } from "./store";

// For those who import this file only when it is needed: they need no second import.
export { queue };

/** The part of a status that says why an analysis failed. */
type Failure = Readonly<{
  job_id: string;
  message: string;
  code?: string | null;
  retryable?: boolean | null;
}>;

type Added = Readonly<{
  id: string;
  /** Whether it outlives this tab. */
  onDisk: boolean;
  /** Resolves as soon as the photo has a job, has to wait, or is refused. */
  sent: Promise<Outcome>;
}>;

/** Reads the photos that an earlier visit or another tab stored, and sends what can be sent. */
export function resume(): Promise<void> {
  return refresh().then(flush);
}

/** The same when the network is back: nothing waits for its next try any longer. */
export function resumeOnline(): Promise<void> {
  onNetworkBack();
  return resume();
}

/** Stores a file that the person took or chose, and sends it as soon as possible. Throws a Problem for what is no photo. */
export async function addPhoto(file: Blob): Promise<Added> {
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
  addToQueue(kept);
  return { id: kept.id, onDisk, sent: sent(kept.id) };
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
export async function retryPhoto(id: string): Promise<string | null> {
  const photo = queuedPhoto(id);
  if (!photo) return null;
  const fresh =
    photo.failure || photo.handedOver ? { attempt: photo.attempt + 1, handedOver: false, failure: null } : {};
  if (photo.phase !== "sending") await update(id, fresh, { phase: "waiting", retryAt: null });
  return (await sent(id)).jobId;
}

function sent(id: string): Promise<Outcome> {
  const outcome = nextOutcome(id);
  void flush().finally(() => {
    resolveOutcome(id);
  });
  return outcome;
}

/**
 * Removes a photo: from this device at once, and its jobs from the platform as soon as that can be reached; until then the
 * jobs are stored. Resolves after the first try.
 */
export async function removePhoto(id: string): Promise<void> {
  const photo = queuedPhoto(id);
  removeFromQueue(id);
  const jobs = photo ? [...photo.earlier, ...(photo.jobId ? [photo.jobId] : [])] : [];
  if (jobs.length === 0) {
    await removeRow(id);
    return;
  }
  await requestRemoval({ id, jobs, droppedAt: Date.now() });
  schedule();
}

/** Removes every photo from this device, sent or not. Resolves when they are gone. */
export async function removeAllPhotos(): Promise<void> {
  clearQueue();
  clearDue();
  await removeAllRows();
}

/** The answer is there, and the platform has the picture: the copy on this device is removed. This tab still shows it. */
export async function photoAnswered(jobId: string): Promise<void> {
  const photo = queue().find((one) => one.jobId === jobId);
  if (!photo) return;
  removeAnswered(photo, jobId);
  await removeRow(photo.id);
}

/**
 * The analysis failed: the photo stays, so that it can be tried again. A photo that is being sent is not marked as failed:
 * its job expired, and it is about to get another one.
 */
export async function photoFailed({ job_id: jobId, code, message, retryable }: Failure): Promise<void> {
  const photo = queue().find((one) => one.jobId === jobId);
  if (photo?.phase === "sent") {
    const failure = { code: code ?? "internal", sentence: message, retryable: retryable ?? true };
    await update(photo.id, { failure }, { phase: "failed" });
  }
}

/** Asks once for the status of the photos that were handed over and whose page is not open. Gives the jobs with an answer. */
export async function checkUnwatched(): Promise<readonly string[]> {
  const answers: string[] = [];
  for (const { id, jobId, phase } of queue()) {
    if (phase !== "sent" || !jobId) continue;
    try {
      const found = await data(
        api.GET("/api/v1/waste/status/{job_id}", { params: { path: { job_id: jobId } } }),
      );
      const { status } = found;
      if (!queuedPhoto(id)) continue; // another check was faster, and has said so
      if (status === "done" || status === "asked") {
        await photoAnswered(jobId);
        answers.push(jobId);
      } else if (status === "failed") await photoFailed(found);
      else if (status === "cancelled") await removeHere(id);
    } catch (error) {
      // Anything else passes: it is asked again.
      if (error instanceof Problem && error.code === "job_missing") await removeHere(id);
    }
  }
  return answers;
}

async function removeHere(id: string): Promise<void> {
  removeFromQueue(id);
  await removeRow(id);
}
