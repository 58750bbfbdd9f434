import { api, data } from "~/api/client";
import { Problem } from "~/api/problem";
import { probeDelay } from "~/api/query";
import { digest } from "~/photo/digest";
import { upload } from "~/photo/upload";
import type { StoredPhoto } from "./store";

type Listener = Readonly<{
  signal: AbortSignal;
  /** The job is made: whoever waits can go and watch it. */
  onJob: (jobId: string) => Promise<void>;
  onProgress: (share: number) => void;
}>;

/** What says that this job can never take the picture: another one may. */
const STALE: ReadonlySet<string> = new Set([
  "ticket_expired",
  "ticket_invalid",
  "upload_missing",
  "upload_mismatch",
  "upload_never_came",
  "job_ended",
  "job_missing",
]);

/** Whether a new job, with a new ticket, may do what this one could not. */
export function isStale(error: unknown): boolean {
  return error instanceof Problem && STALE.has(error.code);
}

/** Whether the same may succeed a little later. */
export function isPassing(error: unknown): error is Problem {
  if (!(error instanceof Problem)) return false;
  const { status, code } = error.details;
  return (
    error.passing || status >= 500 || status === 408 || status === 425 || code === "idempotency_in_progress"
  );
}

/** Milliseconds until what failed so often before is tried again. */
export function untilNext(error: unknown, failures = 2): number {
  return Math.max(250, probeDelay(failures, error));
}

/**
 * Hands a photo over: a job, its ticket, the upload, the word that it is there. Safe to repeat after any failure: the same
 * attempt of the same photo is the same job. Throws a Problem.
 */
export async function send(photo: StoredPhoto, { signal, onJob, onProgress }: Listener): Promise<void> {
  const ticket = await data(
    api.POST("/api/v1/waste/analyze", {
      body: {
        content_type: photo.photo.type,
        size: photo.photo.size,
        sha256: await digest(photo.photo),
        details: { region: photo.region },
      },
      headers: { "Idempotency-Key": `${photo.id}.${photo.attempt}` },
      signal,
    }),
  );
  // The same attempt is given the same ticket, however old. The picture may be there all the same: the platform knows.
  const again = ticket.job_id === photo.jobId;
  const tooLate = again && Date.parse(ticket.expires_at) < Date.now();
  await onJob(ticket.job_id);
  // The same picture was sent before: it is answered already.
  if (ticket.status === "done" || ticket.status === "asked") return;
  if (!tooLate && (!again || (await waitsForPicture(ticket.job_id, signal)))) {
    await upload(ticket, photo.photo, { signal, onProgress }).catch((error: unknown) => {
      // It was completed by another tab, or removed. The next request says which.
      if (error instanceof Problem && error.code === "ticket_used") return;
      throw isRefusedTicket(error) ? new Problem({ ...error.details, code: "ticket_invalid" }) : error;
    });
  }
  await data(
    api.POST("/api/v1/waste/upload-complete/{job_id}", {
      params: { path: { job_id: ticket.job_id } },
      body: { region: photo.region },
      signal,
    }),
  );
}

/** Whether a job is still without its picture: who closes a page while it is completed never hears that it was. */
async function waitsForPicture(jobId: string, signal: AbortSignal): Promise<boolean> {
  const params = { path: { job_id: jobId } };
  const { status } = await data(api.GET("/api/v1/waste/status/{job_id}", { params, signal }));
  return status === "created";
}

/** A store of its own says it without our codes: S3 in XML. */
function isRefusedTicket(error: unknown): error is Problem {
  return error instanceof Problem && error.details.status === 403;
}
