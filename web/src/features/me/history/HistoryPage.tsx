import { useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { api } from "~/api/client";
import { describe } from "~/api/describe";
import { removeJob } from "~/api/removeJob";
import { signedIn } from "~/api/session";
import type { JobSummary } from "~/api/types";
import { useFormat } from "~/i18n/format";
import { Button, IconButton } from "~/ui/Button";
import { EmptyState } from "~/ui/EmptyState";
import { Skeleton } from "~/ui/Loading";
import { NoOrYes } from "~/ui/NoOrYes";
import { Page } from "~/ui/Page";
import { toast } from "~/ui/toast";
import { ErrorMessage } from "~/ui/ErrorMessage";
import { useConfirmation } from "~/ui/useConfirmation";
import { Thumbnail } from "~/features/advice/Thumbnail";
import styles from "./history.module.css";

const PAGE = 20;

/** Everything asked in the last thirty days, newest first. */
export default function HistoryPage() {
  const { t } = useTranslation("history");
  return (
    <Page title={t("title")} lead={t("lead")}>
      {signedIn() ? <List /> : <Nothing />}
    </Page>
  );
}

function Nothing() {
  const { t } = useTranslation("history");
  return (
    <EmptyState
      icon="history"
      title={t("empty.title")}
      actions={
        <Button variant="contained" to="/">
          {t("empty.action")}
        </Button>
      }
    >
      <p>{t("empty.sentence")}</p>
    </EmptyState>
  );
}

function useHistory() {
  return useInfiniteQuery({
    queryKey: ["history", "all"],
    queryFn: async ({ pageParam }) => {
      const query = { limit: PAGE, ...(pageParam ? { cursor: pageParam } : {}) };
      const { data: jobs = [], response } = await api.GET("/api/v1/waste/jobs", { params: { query } });
      return { jobs, next: response.headers.get("X-Next-Cursor") };
    },
    initialPageParam: null as string | null,
    getNextPageParam: ({ next }) => next,
    staleTime: 0,
  });
}

function List() {
  const { t } = useTranslation("history");
  const history = useHistory();
  const { hasNextPage, isFetchingNextPage, isFetchNextPageError, fetchNextPage } = history;
  const end = useRef<HTMLDivElement>(null);
  const list = useRef<HTMLUListElement>(null);
  const jobs = history.data?.pages.flatMap((page) => page.jobs) ?? [];
  const known = jobs.length;
  /** How many there were when the button was pressed. */
  const pressedAt = useRef<number | null>(null);

  // More comes before the end is reached; the button is for those who do not scroll.
  useEffect(() => {
    const { current } = end;
    if (!current || !hasNextPage || typeof IntersectionObserver === "undefined") return;
    const near = new IntersectionObserver(([entry]) => entry?.isIntersecting && void fetchNextPage(), {
      rootMargin: "400px",
    });
    near.observe(current);
    return () => {
      near.disconnect();
    };
  }, [hasNextPage, fetchNextPage, history.data?.pages.length]);

  // The last page takes the button with it: the focus goes to the first that came.
  useEffect(() => {
    const { current } = pressedAt;
    if (current === null || known <= current) return;
    pressedAt.current = null;
    if (!hasNextPage) list.current?.children[current]?.querySelector("a")?.focus();
  }, [known, hasNextPage]);

  if (history.isPending) return <Skeleton height="16rem" />;
  if (history.isError && !history.data)
    return <ErrorMessage error={history.error} onRetry={() => void history.refetch()} />;
  if (jobs.length === 0) return <Nothing />;
  return (
    <>
      <ul ref={list} className={styles.list} aria-label={t("list")}>
        {jobs.map((job) => (
          <Entry key={job.job_id} job={job} />
        ))}
      </ul>
      <div ref={end} className={styles.end}>
        {isFetchNextPageError && <p role="alert">{describe(history.error).sentence}</p>}
        {hasNextPage && (
          <Button
            variant="outlined"
            busy={isFetchingNextPage}
            onClick={() => {
              pressedAt.current = known;
              void fetchNextPage();
            }}
          >
            {t(isFetchingNextPage ? "loading" : "more")}
          </Button>
        )}
      </div>
    </>
  );
}

function Entry({ job }: Readonly<{ job: JobSummary }>) {
  const { t } = useTranslation("history");
  const { ago } = useFormat();
  const { asking, setAsking, question, trigger } = useConfirmation();
  const name = job.name ?? t("unknown");
  const said = job.name && job.status === "asked" ? t("guess", { name }) : name;
  const remove = useRemove();

  return (
    <li className={styles.entry}>
      <Link to={`/answers/${job.job_id}`} className={styles.link}>
        <span className={styles.photo}>
          <Thumbnail job={job} />
        </span>
        <span>
          <strong>{said}</strong>
          <small className={styles.facts}>
            {t(`state.${stateOf(job)}`)} · {ago(job.created_at)}
          </small>
        </span>
      </Link>
      {asking ? (
        <div ref={question} tabIndex={-1} role="group" aria-label={t("sure")} className={styles.sure}>
          <p>{t("sure")}</p>
          <NoOrYes
            no={t("no")}
            yes={t("yes")}
            busy={remove.isPending}
            onNo={() => {
              setAsking(false);
            }}
            onYes={() => {
              remove.mutate(job);
            }}
          />
        </div>
      ) : (
        <IconButton
          ref={trigger}
          label={t("remove", { name })}
          icon="trash"
          onClick={() => {
            setAsking(true);
          }}
        />
      )}
    </li>
  );
}

function useRemove() {
  const { t } = useTranslation("history");
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (job: JobSummary) => {
      const { queue, removePhoto } = await import("~/outbox/photos/queue");
      await removeJob(job.job_id);
      if (stateOf(job) === "working") await removeJob(job.job_id); // the first only stopped it
      // A photo that could be tried again, and so still lies on this device.
      const photo = queue().find(({ jobId }) => jobId === job.job_id);
      if (photo) await removePhoto(photo.id);
    },
    onSuccess: async (_, { job_id: jobId }) => {
      client.removeQueries({ queryKey: ["job", jobId] });
      toast({ text: t("removed") });
      document.querySelector("h1")?.focus(); // the entry is gone with its buttons
      await client.invalidateQueries({ queryKey: ["history"] });
    },
    onError: (error) => {
      toast({ text: describe(error).sentence });
    },
  });
}

function stateOf({ status }: JobSummary) {
  if (status === "done" || status === "asked" || status === "failed" || status === "cancelled") return status;
  return "working";
}
