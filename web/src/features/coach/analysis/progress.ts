import type { JobStatus } from "~/api/types";

/** What a person is told of a dozen stages. */
export const STEPS = ["send", "look", "advise", "check"] as const;

const STEP_OF: Readonly<Record<JobStatus["stage"], number>> = {
  pending: 0,
  download: 1,
  hash: 1,
  cache: 1,
  preprocess: 1,
  vision: 1,
  fuse: 1,
  explain: 2,
  check: 3,
  locations: 3,
  done: 4,
  failed: 4,
  cancelled: 4,
};

/** Sending is the first tenth; the platform's own count begins there (COACH-5). */
const SENDING = 10;

/** Which of STEPS is being done. */
export function stepOf(status: JobStatus | undefined, handedOver = false): number {
  return Math.max(status ? STEP_OF[status.stage] : 0, handedOver ? 1 : 0);
}

/** Percent of the whole way, the upload included. */
export function progressOf(
  status: JobStatus | undefined,
  photo: Readonly<{ uploaded: number }> | undefined,
): number {
  const sent = Math.round((photo?.uploaded ?? 0) * SENDING);
  return Math.max(sent, status?.progress ?? 0, 0);
}
