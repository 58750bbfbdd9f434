import { api } from "~/api/client";
import { Problem } from "~/api/problem";
import { retryDelay } from "~/api/query";
import type { JobStatus } from "~/api/types";
import { readEvents } from "~/realtime/events";
import { tabConnection, type SocketConnection } from "~/realtime/socket";

/** Milliseconds between two polls, unless the platform asks for more. */
const POLL_MS = 500;
/** Streams that end before the job does, after which we poll: some proxy does not let them through. */
const MOST_BROKEN_STREAMS = 2;
/** Milliseconds in which the socket connects, and in which a stream sends its first event. */
const FIRST_MS = 2_000;
/** Milliseconds without a push after which the socket's watcher asks: a push may have been lost. */
const LOOK_MS = 5_000;
/** Milliseconds without a byte after which a stream is dead: it has a heartbeat every 15 seconds. */
const SILENCE_MS = 20_000;

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
 * platform that is away for a while is waited for. Throws a Problem when there is nothing to wait for (`job_missing`),
 * and nothing when `signal` ends it.
 */
export async function* statuses(jobId: string, options: Options): AsyncGenerator<JobStatus> {
  const { signal, onProblem, connection = tabConnection } = options;
  let socketFailed = false;
  let brokenStreams = 0;
  let failures = 0;
  const polls = poller(jobId, signal);
  const socket = pushes(jobId, signal, connection);
  try {
    while (!signal.aborted) {
      try {
        const bySocket = !socketFailed || socket.isConnected();
        const byEvents = !bySocket && brokenStreams < MOST_BROKEN_STREAMS;
        const source = bySocket
          ? socket.statuses()
          : byEvents
            ? streamed(jobId, signal, () => (brokenStreams = MOST_BROKEN_STREAMS))
            : polls();
        for await (const status of source) {
          failures = 0;
          onProblem?.(null);
          yield status;
          if (ended(status)) return;
        }
        if (bySocket) socketFailed = true;
        else {
          brokenStreams += 1;
          await pause(POLL_MS, signal);
        }
      } catch (error) {
        if (isAborted(signal)) return;
        if (!(error instanceof Problem) || !mayPass(error)) throw error;
        onProblem?.(error);
        await pause(retryDelay(Math.min(failures++, 3), error), signal);
      }
    }
  } finally {
    socket.end();
  }
}

/** Reads it again: it may have been aborted while we waited. */
function isAborted(signal: AbortSignal): boolean {
  return signal.aborted;
}

/** Whether the platform may know the job once it is back. */
function mayPass(problem: Problem): boolean {
  return problem.passing || problem.details.status >= 500;
}

/** What the socket brings of one job, held open until `end`. */
function pushes(jobId: string, signal: AbortSignal, connection: SocketConnection) {
  const arrived: JobStatus[] = [];
  let pushed = 0;
  let problem: Problem | null = null;
  let deadline: ReturnType<typeof setTimeout> | undefined;
  let look: ReturnType<typeof setTimeout> | undefined;
  let lost = false;
  let wake: () => void = () => undefined;

  const expectConnection = () => {
    clearTimeout(deadline);
    deadline = setTimeout(give, FIRST_MS);
  };
  const give = () => {
    lost = true;
    wake();
  };
  /** A function, since what awaits cannot tell the compiler that others change it. */
  const currentProblem = () => problem;

  /** Asks once, since a push may have been missed. What is pushed meanwhile is newer than the answer. */
  const ask = async () => {
    const before = pushed;
    clearTimeout(look);
    look = setTimeout(() => void ask(), LOOK_MS);
    try {
      const { data } = await api.GET("/api/v1/waste/status/{job_id}", {
        params: { path: { job_id: jobId } },
        signal,
      });
      if (data && pushed === before) arrived.push(data as JobStatus);
    } catch (error) {
      // Without a connection another way follows soon, and says what it meets.
      const matters = (failure: Problem) => !mayPass(failure) || subscription.isConnected();
      if (error instanceof Problem && pushed === before && matters(error)) problem = error;
    }
    wake();
  };

  let everConnected = false;
  const subscription = connection.subscribe({
    onConnect() {
      clearTimeout(deadline);
      everConnected = true;
      lost = false;
      void ask();
    },
    onDisconnect() {
      if (everConnected) expectConnection();
      else give(); // it may connect later, but something else is quicker
    },
  });
  subscription.on("jobStatus", (document) => {
    const status = document as JobStatus;
    if (status.job_id !== jobId) return;
    pushed += 1;
    arrived.push(status);
    wake();
  });
  if (subscription.isConnected()) everConnected = true;
  else expectConnection();
  const onAbort = () => {
    wake();
  };
  signal.addEventListener("abort", onAbort);

  return {
    isConnected: subscription.isConnected,
    /** Ends when the connection is not made, or is lost and does not come back. Throws what `ask` met. */
    async *statuses(): AsyncGenerator<JobStatus> {
      if (lost) {
        // Another way was quicker meanwhile: what arrived here may be older than what it brought.
        arrived.length = 0;
        lost = !subscription.isConnected();
      }
      problem = null;
      void ask();
      while (!isAborted(signal)) {
        for (let next = arrived.shift(); next; next = arrived.shift()) yield next;
        const met = currentProblem();
        if (met) throw met;
        if (lost) {
          clearTimeout(look);
          return;
        }
        await new Promise<void>((resolve) => (wake = resolve));
      }
    },
    end() {
      clearTimeout(deadline);
      clearTimeout(look);
      signal.removeEventListener("abort", onAbort);
      subscription.end();
    },
  };
}

/** What the stream brings. Ends, having called `onHeldBack`, when nothing comes through it. */
async function* streamed(
  jobId: string,
  signal: AbortSignal,
  onHeldBack: () => void,
): AsyncGenerator<JobStatus> {
  const timeout = abortAfter(signal, FIRST_MS);
  let begun = false;
  try {
    const { data } = await api.GET("/api/v1/waste/status/{job_id}/events", {
      params: { path: { job_id: jobId } },
      headers: { Accept: "text/event-stream" },
      parseAs: "stream",
      signal: timeout.signal,
    });
    if (!data) return;
    const onBytes = () => {
      if (begun) timeout.restart(SILENCE_MS);
    };
    for await (const { event, data: written } of readEvents(data, onBytes)) {
      begun = true;
      onBytes();
      if (event === "status") yield JSON.parse(written) as JobStatus;
      // The job was removed meanwhile, or a part of the platform is away: the next request tells which.
      else if (event === "error") return;
    }
  } catch (error) {
    if (error instanceof Problem || isAborted(signal)) throw error;
    if (!timeout.signal.aborted) throw Problem.network(); // the connection broke
    onHeldBack();
  } finally {
    timeout.end();
  }
}

/** A signal that is aborted with `outer`, and after so many milliseconds unless it is restarted. */
function abortAfter(outer: AbortSignal, milliseconds: number) {
  const controller = new AbortController();
  const abort = () => {
    controller.abort();
  };
  let timer = setTimeout(abort, milliseconds);
  outer.addEventListener("abort", abort);
  return {
    signal: controller.signal,
    restart(next: number) {
      clearTimeout(timer);
      timer = setTimeout(abort, next);
    },
    end() {
      clearTimeout(timer);
      outer.removeEventListener("abort", abort);
    },
  };
}

/** Polls without end; each request says which answer is known, so that only news is sent. */
function poller(jobId: string, signal: AbortSignal): () => AsyncGenerator<JobStatus> {
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
      await pause(retryAfter(answer) ?? POLL_MS, signal);
    }
  };
}

/** Milliseconds that the platform asks to wait; null when it does not say. */
function retryAfter(answer: Problem | { response: Response }): number | null {
  const seconds =
    answer instanceof Problem
      ? answer.details.retryAfter
      : Number(answer.response.headers.get("Retry-After") ?? NaN);
  return seconds === undefined || Number.isNaN(seconds) ? null : seconds * 1000;
}

/** Waits, but not longer than until `signal` ends it or the network is back. */
export function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const finish = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", finish);
      window.removeEventListener("online", finish);
      resolve();
    };
    const timer = setTimeout(finish, milliseconds);
    signal.addEventListener("abort", finish);
    window.addEventListener("online", finish);
  });
}
