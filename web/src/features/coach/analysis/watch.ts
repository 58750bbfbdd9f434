import { api } from "~/api/client";
import { Problem } from "~/api/problem";
import { patience } from "~/api/query";
import type { JobStatus } from "~/api/types";
import { eventsOf } from "./events";

/** Milliseconds between two questions, unless the platform asks for more. */
const EVERY = 500;
/** Streams that end before the job does, after which we ask instead of listening: some proxy does not let them through. */
const BROKEN = 2;
/** Milliseconds in which the first event comes, as the platform sends it at once: else something holds the stream back. */
const FIRST = 2_000;
/** Milliseconds without a byte after which nobody is there any more: a sign of life comes every 15 seconds. */
const QUIET = 20_000;

const ENDED: ReadonlySet<JobStatus["status"]> = new Set(["done", "asked", "failed", "cancelled"]);

export function ended(status: JobStatus): boolean {
  return ENDED.has(status.status);
}

type Options = Readonly<{
  signal: AbortSignal;
  /** Hears what keeps us from knowing more, and null when that is over. We go on by ourselves. */
  onTrouble?: (problem: Problem | null) => void;
}>;

/**
 * Where the analysis is, whenever that changes, until it ends. Listens to server-sent events; where they do not come
 * through, or stop coming, asks every half second. A network or a platform that is away for a while is waited for.
 * Throws a Problem when there is nothing to wait for (`job_missing`), and nothing when `signal` ends it.
 */
export async function* statuses(jobId: string, options: Options): AsyncGenerator<JobStatus> {
  const { signal, onTrouble } = options;
  let broken = 0;
  let failures = 0;
  const asking = asker(jobId, signal);
  const onHeld = () => (broken = BROKEN);
  while (!signal.aborted) {
    try {
      const source = broken < BROKEN ? listened(jobId, signal, onHeld) : asking();
      for await (const status of source) {
        failures = 0;
        onTrouble?.(null);
        yield status;
        if (ended(status)) return;
      }
      broken += 1;
      await pause(EVERY, signal);
    } catch (error) {
      if (isOver(signal)) return;
      if (!(error instanceof Problem) || !waitsOut(error)) throw error;
      onTrouble?.(error);
      await pause(patience(Math.min(failures++, 3), error), signal);
    }
  }
}

/** A fresh look: it may have been aborted while we waited. */
function isOver(signal: AbortSignal): boolean {
  return signal.aborted;
}

/** Whether the platform may know the job once it is back. */
function waitsOut(problem: Problem): boolean {
  return problem.passing || problem.details.status >= 500;
}

/** What the stream says. Ends, having told `onHeld`, when nothing comes through it. */
async function* listened(jobId: string, signal: AbortSignal, onHeld: () => void): AsyncGenerator<JobStatus> {
  const dog = watchdog(signal, FIRST);
  let heard = false;
  try {
    const { data } = await api.GET("/api/v1/waste/status/{job_id}/events", {
      params: { path: { job_id: jobId } },
      headers: { Accept: "text/event-stream" },
      parseAs: "stream",
      signal: dog.signal,
    });
    if (!data) return;
    const onAlive = () => {
      if (heard) dog.expect(QUIET);
    };
    for await (const { name, data: written } of eventsOf(data, onAlive)) {
      heard = true;
      onAlive();
      if (name === "status") yield JSON.parse(written) as JobStatus;
      // Removed meanwhile, or a part is away: asking once tells which.
      else if (name === "error") return;
    }
  } catch (error) {
    if (error instanceof Problem || isOver(signal)) throw error;
    if (!dog.signal.aborted) throw Problem.silence(); // the line broke
    onHeld();
  } finally {
    dog.end();
  }
}

/** A signal that is aborted with `outer`, and when what is expected does not come within so many milliseconds. */
function watchdog(outer: AbortSignal, within: number) {
  const own = new AbortController();
  const bark = () => {
    own.abort();
  };
  let timer = setTimeout(bark, within);
  outer.addEventListener("abort", bark);
  return {
    signal: own.signal,
    expect(next: number) {
      clearTimeout(timer);
      timer = setTimeout(bark, next);
    },
    end() {
      clearTimeout(timer);
      outer.removeEventListener("abort", bark);
    },
  };
}

/** Asks for ever; each question knows the answer before it. */
function asker(jobId: string, signal: AbortSignal): () => AsyncGenerator<JobStatus> {
  let etag: string | null = null;
  return async function* () {
    while (!signal.aborted) {
      const headers: Record<string, string> = etag ? { "If-None-Match": etag } : {};
      const answer = await api
        .GET("/api/v1/waste/status/{job_id}", { params: { path: { job_id: jobId } }, headers, signal })
        .catch((error: unknown) => {
          if (error instanceof Problem && error.details.status === 304) return error;
          throw error;
        });
      if (!(answer instanceof Problem) && answer.data) {
        etag = answer.response.headers.get("ETag");
        yield answer.data as JobStatus; // openapi-fetch forgets that a box has four numbers
      }
      await pause(askedToWait(answer) ?? EVERY, signal);
    }
  };
}

function askedToWait(answer: Problem | { response: Response }): number | null {
  const seconds =
    answer instanceof Problem
      ? answer.details.retryAfter
      : Number(answer.response.headers.get("Retry-After") ?? NaN);
  return seconds === undefined || Number.isNaN(seconds) ? null : seconds * 1000;
}

/** Waits, but not longer than until `signal` ends it or the network is back. */
export function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const over = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", over);
      window.removeEventListener("online", over);
      resolve();
    };
    const timer = setTimeout(over, milliseconds);
    signal.addEventListener("abort", over);
    window.addEventListener("online", over);
  });
}
