import { api, data } from "~/api/client";
import { Problem } from "~/api/problem";
import { digest } from "../photo/digest";
import { upload } from "../photo/upload";
import type { Kept } from "./store";

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
  "upload_mismatch",
  "upload_never_came",
  "job_ended",
  "job_missing",
]);

/** Whether a new job, with a new ticket, may do what this one could not. */
export function isStale(error: unknown): boolean {
  return error instanceof Problem && STALE.has(error.code);
}

/**
 * Hands a photo over: a job, its ticket, the upload, the word that it is there. Safe to repeat after any failure: the same
 * attempt of the same photo is the same job. Throws a Problem.
 */
export async function send(photo: Kept, { signal, onJob, onProgress }: Listener): Promise<void> {
  const ticket = await data(
    api.POST("/api/v1/waste/analyze", {
      body: { content_type: photo.photo.type, size: photo.photo.size, sha256: await digest(photo.photo) },
      headers: { "Idempotency-Key": `${photo.id}.${photo.attempt}` },
      signal,
    }),
  );
  await onJob(ticket.job_id);
  await upload(ticket, photo.photo, { signal, onProgress });
  await data(
    api.POST("/api/v1/waste/upload-complete/{job_id}", {
      params: { path: { job_id: ticket.job_id } },
      body: { region: photo.region, tags: [...photo.tags] },
      signal,
    }),
  );
}
