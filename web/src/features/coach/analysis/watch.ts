import { Problem } from "~/api/problem";
import { probeDelay } from "~/api/query";
import type { JobStatus } from "~/api/types";
import { tabConnection, type SocketConnection } from "~/realtime/socket";
import { pause } from "./pause";
import { polledStatuses, statusRequest } from "./polledStatuses";
import { mayPass, pushedStatuses } from "./pushedStatuses";
import { streamedStatuses } from "./streamedStatuses";

/** Streams that end before the job does, after which we poll: some proxy does not let them through. */
const MOST_BROKEN_STREAMS = 2;
/** Milliseconds before a stream that ended is opened again. */
const REOPEN_MS = 500;

const ENDED: ReadonlySet<JobStatus["status"]> = new Set(["done", "asked", "failed", "cancelled"]);

export function ended(status: JobStatus): boolean {
  return ENDED.has(status.status);
}

type Options = Readonly<{
  signal: AbortSignal;
  /** Called with what keeps us from knowing more, and with null when that is over. We go on by ourselves. */
  onProblem?: (problem: Problem | null) => void;
  connection?: SocketConnection;
}>;

/**
 * The status of an analysis, whenever it changes, until it ends. It is pushed through the socket; where that does not
 * connect, or is lost, it comes by server-sent events, and where those do not come through, by polling. A network or a
 * server that is away for a while is waited for. Throws a Problem when there is nothing to wait for (`job_missing`),
 * and nothing when `signal` ends it.
 */
export async function* statuses(jobId: string, options: Options): AsyncGenerator<JobStatus> {
  const { signal, onProblem, connection = tabConnection } = options;
  let socketFailed = false;
  let brokenStreams = 0;
  let failures = 0;
  const polls = statusRequest(jobId, signal);
  const pushed = pushedStatuses(jobId, signal, connection);
  const stopStreaming = () => {
    brokenStreams = MOST_BROKEN_STREAMS;
  };
  try {
    while (!signal.aborted) {
      try {
        const bySocket = !socketFailed || pushed.isConnected();
        const byEvents = !bySocket && brokenStreams < MOST_BROKEN_STREAMS;
        const source = bySocket
          ? pushed.read()
          : byEvents
            ? streamedStatuses(jobId, signal, stopStreaming)
            : polledStatuses(polls, signal);
        for await (const status of source) {
          failures = 0;
          onProblem?.(null);
          yield status;
          if (ended(status)) return;
        }
        if (bySocket) socketFailed = true;
        else {
          brokenStreams += 1;
          await pause(REOPEN_MS, signal);
        }
      } catch (error) {
        if (isAborted(signal)) return;
        if (!(error instanceof Problem) || !mayPass(error)) throw error;
        onProblem?.(error);
        await pause(probeDelay(Math.min(failures++, 3), error), signal);
      }
    }
  } finally {
    pushed.end();
  }
}

/** Reads it again: it may have been aborted while we waited. */
function isAborted(signal: AbortSignal): boolean {
  return signal.aborted;
}
