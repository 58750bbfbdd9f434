import { Problem } from "~/api/problem";
import type { JobStatus } from "~/api/types";
import type { SocketConnection } from "~/realtime/socket";
import { statusRequest } from "./polledStatuses";

/** Milliseconds in which the socket connects, for the first time or again. */
const CONNECT_MS = 2_000;
/** Milliseconds between two requests for the status while the socket is used: a push may have been lost. */
const CHECK_MS = 5_000;

export type PushedStatuses = Readonly<{
  isConnected: () => boolean;
  /**
   * What is pushed, and what requests find out in between. Ends when the socket does not connect, or is lost and does not
   * come back. Throws a Problem that a request met.
   */
  read: () => AsyncGenerator<JobStatus>;
  /** Leaves the socket. */
  end: () => void;
}>;

/**
 * Follows a job through the socket. Since a push may be missed, the status is also requested: at the start, after every
 * connection, and every few seconds.
 */
export function pushedStatuses(
  jobId: string,
  signal: AbortSignal,
  connection: SocketConnection,
): PushedStatuses {
  const request = statusRequest(jobId, signal);
  const arrived: JobStatus[] = [];
  let problem: Problem | null = null;
  let lost = false;
  let reading = false;
  /** Counts the requests; those that were sent before the latest push or before a later answer are out of date. */
  let sent = 0;
  let outdated = 0;
  let deadline: ReturnType<typeof setTimeout> | undefined;
  let nextCheck: ReturnType<typeof setTimeout> | undefined;
  let wake: () => void = () => undefined;
  const onAbort = () => {
    wake();
  };
  /** What was pushed without a network is lost, even where the socket has not noticed that there was none. */
  const onOnline = () => {
    if (reading) void check();
  };

  const giveUp = () => {
    lost = true;
    wake();
  };
  const expectConnection = () => {
    clearTimeout(deadline);
    deadline = setTimeout(giveUp, CONNECT_MS);
  };

  const check = async () => {
    const own = ++sent;
    clearTimeout(nextCheck);
    nextCheck = setTimeout(() => void check(), CHECK_MS);
    try {
      const status = await request.send();
      if (own <= outdated) return;
      outdated = own - 1;
      if (status) arrived.push(status);
    } catch (error) {
      // Without a connection another way follows soon, and says what it meets.
      const matters = (met: Problem) => !mayPass(met) || subscription.isConnected();
      if (own > outdated && error instanceof Problem && matters(error)) problem = error;
    }
    wake();
  };

  let everConnected = false;
  const subscription = connection.subscribe({
    onConnect() {
      clearTimeout(deadline);
      everConnected = true;
      lost = false;
      if (reading) void check();
    },
    onDisconnect() {
      if (everConnected) expectConnection();
      else giveUp(); // it may connect later, but another way is quicker
    },
  });
  subscription.on("jobStatus", (document) => {
    const status = document as JobStatus;
    if (status.job_id !== jobId) return;
    outdated = sent;
    request.reset();
    arrived.push(status);
    wake();
  });
  if (subscription.isConnected()) everConnected = true;
  else expectConnection();
  signal.addEventListener("abort", onAbort);
  window.addEventListener("online", onOnline);

  /** Takes what `check` met. */
  const takeProblem = () => {
    const met = problem;
    problem = null;
    return met;
  };

  return {
    isConnected: subscription.isConnected,
    async *read() {
      // What arrived before may be older than what another way brought meanwhile.
      arrived.length = 0;
      outdated = sent;
      request.reset();
      problem = null;
      if (subscription.isConnected()) lost = false;
      reading = true;
      void check();
      try {
        while (!signal.aborted) {
          for (let next = arrived.shift(); next; next = arrived.shift()) yield next;
          const met = takeProblem();
          if (met) throw met;
          if (lost) return;
          await new Promise<void>((resolve) => (wake = resolve));
        }
      } finally {
        reading = false;
        clearTimeout(nextCheck);
      }
    },
    end() {
      clearTimeout(deadline);
      clearTimeout(nextCheck);
      signal.removeEventListener("abort", onAbort);
      window.removeEventListener("online", onOnline);
      subscription.end();
    },
  };
}

/** Whether the server may know the job once it is back. */
export function mayPass(problem: Problem): boolean {
  return problem.passing || problem.details.status >= 500;
}
