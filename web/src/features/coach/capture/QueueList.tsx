import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { Button, IconButton } from "~/ui/Button";
import { Section } from "~/ui/Section";
import { toast } from "~/ui/toast";
import { useQueue, type QueuedPhoto } from "~/outbox/photos/list";
import { checkUnwatched, removePhoto, resume, retryPhoto } from "~/outbox/photos/queue";
import styles from "./QueueList.module.css";

/** Milliseconds between two requests for the status of photos whose page is not open: at first, and at most. */
const FIRST_PAUSE = 500;
const LONGEST_PAUSE = 10_000;

/**
 * Photos that are not answered yet: waiting for a network, on their way, or refused. Empty without any. While it is
 * `still`, no entry is added or removed: the photo just taken most likely leads to its answer at once.
 */
export function QueueList({ still }: Readonly<{ still: boolean }>) {
  const { t } = useTranslation("coach");
  const known = useQueue();
  const [photos, setPhotos] = useState(known);
  if (!still && photos !== known) setPhotos(known);
  useAnswers(known.flatMap(({ phase, jobId }) => (phase === "sent" && jobId ? [jobId] : [])).join(" "));
  if (photos.length === 0) return null;
  return (
    <Section title={t("queue.title")}>
      <ul className={styles.list}>
        {photos.map((photo, index) => (
          <Entry key={photo.id} photo={photo} number={index + 1} />
        ))}
      </ul>
    </Section>
  );
}

/**
 * Checks for the answers of photos that were sent in the background, of which `sent` names the jobs: at once for those of an
 * earlier visit and for one that was just sent, then less and less often.
 */
function useAnswers(sent: string) {
  const { t } = useTranslation("coach");
  const client = useQueryClient();
  const navigate = useNavigate();
  const settle = useCallback(async () => {
    const jobs = await checkUnwatched();
    const [only] = jobs;
    if (!only) return;
    void client.invalidateQueries({ queryKey: ["history"] });
    const to = jobs.length === 1 ? `/answers/${only}` : "/me/history";
    toast({
      text: t("queue.answered", { count: jobs.length }),
      action: { label: t("queue.open"), run: () => void navigate(to) },
    });
  }, [client, navigate, t]);
  useEffect(() => {
    void resume().then(settle);
  }, [settle]);
  useEffect(() => {
    if (sent === "") return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let turn = 0;
    const check = async (wait: number, mine: number) => {
      await settle();
      if (mine !== turn) return;
      timer = setTimeout(() => void check(Math.min(2 * wait, LONGEST_PAUSE), mine), wait);
    };
    const begin = () => {
      clearTimeout(timer);
      void check(FIRST_PAUSE, ++turn);
    };
    begin();
    window.addEventListener("online", begin);
    return () => {
      turn += 1;
      clearTimeout(timer);
      window.removeEventListener("online", begin);
    };
  }, [sent, settle]);
}

function Entry({ photo, number }: Readonly<{ photo: QueuedPhoto; number: number }>) {
  const { t } = useTranslation("coach");
  const navigate = useNavigate();
  const again = () => void retryPhoto(photo.id).then((jobId) => jobId && navigate(`/answers/${jobId}`));
  return (
    <li className={styles.entry}>
      <img src={photo.url} alt={t("queue.photo", { number })} className={styles.photo} />
      <div className={styles.words}>
        <State photo={photo} />
        {photo.failure && <p className={styles.small}>{photo.failure.sentence}</p>}
      </div>
      <div className={styles.actions}>
        {((photo.phase === "failed" && photo.failure?.retryable !== false) || photo.retryAt !== null) && (
          <Button variant="outlined" onClick={again}>
            {t("queue.retry")}
          </Button>
        )}
        {photo.jobId && photo.phase !== "failed" && (
          <Button variant="outlined" to={`/answers/${photo.jobId}`}>
            {t("queue.open")}
          </Button>
        )}
        <IconButton
          label={`${t("queue.photo", { number })} ${t("queue.drop")}`}
          icon="trash"
          onClick={() => {
            void removePhoto(photo.id);
            toast({ text: t("queue.dropped") });
          }}
        />
      </div>
    </li>
  );
}

function State({ photo }: Readonly<{ photo: QueuedPhoto }>) {
  const { t } = useTranslation("coach");
  const seconds = useCountdown(photo.retryAt);
  if (photo.phase === "waiting" && seconds !== null && navigator.onLine)
    return <p>{t("queue.busy", { count: seconds })}</p>;
  // It was sent and looked at; only the answer failed.
  if (photo.phase === "failed" && photo.handedOver) return <p>{t("errors.failed")}</p>;
  return <p>{t(`queue.${photo.phase}`)}</p>;
}

/** Whole seconds until `then`, counted down; null when there is nothing to wait for. */
function useCountdown(then: number | null): number | null {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    if (then === null) return;
    const timer = setInterval(() => {
      setNow(Date.now());
    }, 500);
    return () => {
      clearInterval(timer);
    };
  }, [then]);
  return then === null ? null : Math.max(1, Math.ceil((then - now) / 1000));
}
