import { api } from "~/api/client";
import { Problem } from "~/api/problem";
import type { JobStatus } from "~/api/types";
import { readEvents } from "~/realtime/events";

/** Milliseconds in which a stream sends its first event. */
const FIRST_EVENT_MS = 2_000;
/** Milliseconds without a byte after which a stream is dead: it has a heartbeat every 15 seconds. */
const SILENCE_MS = 20_000;

/**
 * The statuses that server-sent events bring. Ends when the stream ends; calls `onHeldBack` before where something on the
 * way lets no event through.
 */
export async function* streamedStatuses(
  jobId: string,
  signal: AbortSignal,
  onHeldBack: () => void,
): AsyncGenerator<JobStatus> {
  const timeout = abortAfter(signal, FIRST_EVENT_MS);
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
    if (error instanceof Problem || signal.aborted) throw error;
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
