import { api } from "~/api/client";
import { Problem } from "~/api/problem";
import type { JobStatus } from "~/api/types";
import { pause } from "./pause";

/** Milliseconds between two polls, unless the server asks for more. */
const POLL_MS = 500;

export type StatusRequest = Readonly<{
  /** The status, or null when it is the one that the last answer gave. Throws a Problem. */
  send: () => Promise<JobStatus | null>;
  /** Milliseconds that the last answer asked to wait; null when it did not say. */
  retryAfter: () => number | null;
  /** The status became known in another way: the next answer is given whatever it is. */
  reset: () => void;
}>;

/** A request for the status that says which answer is known (ETag), so that only news is sent. */
export function statusRequest(jobId: string, signal: AbortSignal): StatusRequest {
  let etag: string | null = null;
  let wait: number | null = null;
  return {
    async send() {
      const headers: Record<string, string> = etag ? { "If-None-Match": etag } : {};
      try {
        const { data, response } = await api.GET("/api/v1/waste/status/{job_id}", {
          params: { path: { job_id: jobId } },
          headers,
          signal,
        });
        etag = response.headers.get("ETag");
        wait = milliseconds(response.headers.get("Retry-After"));
        return (data as JobStatus | undefined) ?? null; // openapi-fetch forgets that a box has four numbers
      } catch (error) {
        if (!(error instanceof Problem) || error.details.status !== 304) throw error;
        wait = milliseconds(error.details.retryAfter);
        return null;
      }
    },
    retryAfter: () => wait,
    reset() {
      etag = null;
    },
  };
}

function milliseconds(seconds: string | number | null | undefined): number | null {
  const wait = Number(seconds ?? NaN) * 1000;
  return Number.isNaN(wait) ? null : wait;
}

/** Polls until `signal` is aborted. Throws a Problem. */
export async function* polledStatuses(
  { send, retryAfter }: StatusRequest,
  signal: AbortSignal,
): AsyncGenerator<JobStatus> {
  while (!signal.aborted) {
    const status = await send();
    if (status) yield status;
    await pause(retryAfter() ?? POLL_MS, signal);
  }
}
