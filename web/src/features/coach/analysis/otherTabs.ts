/** Keeps an answer the same in all tabs of this browser: a reply in one is shown in the others. */
import type { JobStatus } from "~/api/types";

const CHANNEL = "bunri.answers";
const channel = typeof BroadcastChannel === "undefined" ? null : new BroadcastChannel(CHANNEL);

/** Tells the other tabs what a reply has made of an analysis. */
export function tellOtherTabs(status: JobStatus): void {
  channel?.postMessage(status);
}

/** Calls `listener` with what a reply in another tab has made of the analysis; gives what ends that. */
export function onRepliedElsewhere(jobId: string, listener: (status: JobStatus) => void): () => void {
  const hear = ({ data }: MessageEvent<JobStatus>) => {
    if (data.job_id === jobId) listener(data);
  };
  channel?.addEventListener("message", hear);
  return () => {
    channel?.removeEventListener("message", hear);
  };
}
