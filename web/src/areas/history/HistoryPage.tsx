import { useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { api, data } from "~/api/client";
import { describe } from "~/api/describe";
import { signedIn } from "~/api/session";
import type { JobSummary } from "~/api/types";
import { useFormat } from "~/i18n/format";
import { Button, IconButton } from "~/ui/Button";
import { Empty } from "~/ui/Empty";
import { Bone } from "~/ui/Loading";
import { Page } from "~/ui/Page";
import { toast } from "~/ui/toast";
import { Trouble } from "~/ui/Trouble";
import { Thumbnail } from "./Thumbnail";
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
    <Empty
      icon="history"
      title={t("empty.title")}
      actions={
        <Button variant="contained" to="/">
          {t("empty.action")}
        </Button>
      }
    >
      <p>{t("empty.sentence")}</p>
    </Empty>
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
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = history;
  const end = useRef<HTMLDivElement>(null);

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

  if (history.isPending) return <Bone height="16rem" />;
  if (history.isError && !history.data)
    return <Trouble error={history.error} onRetry={() => void history.refetch()} />;
  const jobs = history.data.pages.flatMap((page) => page.jobs);
  if (jobs.length === 0) return <Nothing />;
  return (
    <>
      <ul className={styles.list} aria-label={t("list")}>
        {jobs.map((job) => (
          <Entry key={job.job_id} job={job} />
        ))}
      </ul>
      <div ref={end} className={styles.end}>
        {hasNextPage && (
          <Button variant="outlined" disabled={isFetchingNextPage} onClick={() => void fetchNextPage()}>
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
  const [asking, setAsking] = useState(false);
  const question = useRef<HTMLDivElement>(null);
  const name = job.name ?? t("unknown");
  const remove = useRemove();

  // The button that asked is gone: the focus goes to what stands in its place.
  useEffect(() => {
    if (asking) question.current?.focus();
  }, [asking]);

  return (
    <li className={styles.entry}>
      <Link to={`/answers/${job.job_id}`} className={styles.link}>
        <span className={styles.photo}>
          <Thumbnail job={job} />
        </span>
        <span>
          <strong>{name}</strong>
          <small className={styles.facts}>
            {t(`state.${stateOf(job)}`)} · {ago(job.created_at)}
          </small>
        </span>
      </Link>
      {asking ? (
        <div ref={question} tabIndex={-1} role="group" aria-label={t("sure")} className={styles.sure}>
          <p>{t("sure")}</p>
          <Button
            variant="outlined"
            tone="inherit"
            onClick={() => {
              setAsking(false);
            }}
          >
            {t("no")}
          </Button>
          <Button
            variant="contained"
            tone="bad"
            disabled={remove.isPending}
            onClick={() => {
              remove.mutate(job.job_id);
            }}
          >
            {t("yes")}
          </Button>
        </div>
      ) : (
        <IconButton
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
    mutationFn: (jobId: string) =>
      data(api.DELETE("/api/v1/waste/jobs/{job_id}", { params: { path: { job_id: jobId } } })),
    onSuccess: async (_, jobId) => {
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
