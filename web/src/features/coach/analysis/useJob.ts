import { skipToken, useMutation, useQuery, useQueryClient, type QueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { api, data } from "~/api/client";
import { Problem } from "~/api/problem";
import { isBeingMoved } from "~/api/session";
import type { AnswerIn, JobStatus } from "~/api/types";
import { pictureOf } from "~/outbox/photos/list";
import { photoAnswered, photoFailed, resume } from "~/outbox/photos/queue";
import { onRepliedElsewhere, tellOtherTabs } from "./otherTabs";
import { pause } from "./pause";
import { ended, statuses } from "./watch";

/** Milliseconds after which it is tried again whether a job has come along to who signed in. */
const MOVING_PAUSE_MS = 500;

/** Somebody has just signed in, and the job may still be that of the guest they were. */
function isOnItsWay(failure: unknown): boolean {
  return failure instanceof Problem && failure.code === "job_missing" && isBeingMoved();
}

const keyOf = (jobId: string) => ["job", jobId];

type Watched = Readonly<{
  /** What is known so far. */
  status: JobStatus | undefined;
  /** What keeps us from knowing more just now; we go on by ourselves. */
  problem: Problem | null;
  /** Why there is nothing to wait for. */
  error: unknown;
}>;

/** An analysis, watched until it ends, after a reload too. */
export function useJob(jobId: string): Watched {
  const client = useQueryClient();
  const { data: status } = useQuery<JobStatus>({ queryKey: keyOf(jobId), queryFn: skipToken });
  const [problem, setProblem] = useState<Problem | null>(null);
  const [error, setError] = useState<unknown>(null);

  useEffect(() => {
    const known = client.getQueryData<JobStatus>(keyOf(jobId));
    if (known && ended(known)) {
      void askAgain(client, known);
      return;
    }
    const leaving = new AbortController();
    void resume(); // an upload that a reload cut off goes on
    const watch = async () => {
      for await (const next of statuses(jobId, { signal: leaving.signal, onProblem: setProblem })) {
        client.setQueryData(keyOf(jobId), next);
        await settle(next);
      }
    };
    void (async () => {
      for (;;) {
        try {
          await watch();
          return;
        } catch (failure) {
          if (leaving.signal.aborted) return;
          if (!isOnItsWay(failure)) {
            setError(failure);
            return;
          }
          await pause(MOVING_PAUSE_MS, leaving.signal);
        }
      }
    })();
    return () => {
      leaving.abort();
    };
  }, [client, jobId]);

  useEffect(
    () => onRepliedElsewhere(jobId, (next) => client.setQueryData(keyOf(jobId), next)),
    [client, jobId],
  );

  return { status, problem, error };
}

/** An analysis that has ended may have been answered since: by neighbours, or on another device. */
async function askAgain(client: QueryClient, known: JobStatus): Promise<void> {
  try {
    const path = { job_id: known.job_id };
    const next = await data(api.GET("/api/v1/waste/status/{job_id}", { params: { path } }));
    // What was said here meanwhile is newer.
    if (client.getQueryData(keyOf(known.job_id)) === known) client.setQueryData(keyOf(known.job_id), next);
  } catch {
    // What is known is shown.
  }
}

/** The photo on this device is not needed any more, or needed for another try. */
async function settle(status: JobStatus): Promise<void> {
  if (status.status === "done" || status.status === "asked") await photoAnswered(status.job_id);
  if (status.status === "failed") await photoFailed(status);
}

type Reply = Partial<AnswerIn> & Readonly<{ kind: "answer" | "correct" }>;

/** Says something back: the answer to the question, the state of the thing, that it is right or wrong. */
export function useReply(jobId: string) {
  const client = useQueryClient();
  return useMutation({
    scope: { id: jobId }, // quick fingers take turns
    retry: (_, failure) => isOnItsWay(failure),
    retryDelay: MOVING_PAUSE_MS,
    mutationFn: ({ kind, ...said }: Reply) => {
      const reply = {
        params: { path: { job_id: jobId } },
        body: { item: 0, confirm: false, consent: false, ...said },
      };
      return data(
        kind === "answer"
          ? api.POST("/api/v1/waste/jobs/{job_id}/answer", reply)
          : api.POST("/api/v1/waste/jobs/{job_id}/correct", reply),
      );
    },
    onSuccess: (status) => {
      client.setQueryData(keyOf(jobId), status);
      tellOtherTabs(status as JobStatus);
    },
  });
}

/** The picture of a job: the one just taken, or the kept one. */
export function usePicture(jobId: string, kept: boolean): string | null {
  const here = pictureOf(jobId);
  const { data: line } = useQuery({
    queryKey: ["job", jobId, "line"],
    queryFn: () => data(api.GET("/api/v1/waste/jobs/{job_id}", { params: { path: { job_id: jobId } } })),
    enabled: kept && here === null,
    staleTime: 50 * 60_000, // the link lives an hour
  });
  return here ?? line?.photo_url ?? null;
}
