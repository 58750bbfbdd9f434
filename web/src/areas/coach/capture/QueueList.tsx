import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { Button, IconButton } from "~/ui/Button";
import { Section } from "~/ui/Section";
import { toast } from "~/ui/toast";
import { drop, retry, useQueue, wake, type Queued } from "../queue/queue";
import styles from "./QueueList.module.css";

/**
 * Photos that are not answered yet: waiting for a network, on their way, or refused. Nothing without any. While it is
 * `still` none joins or leaves: the one just taken most likely goes to its answer at once.
 */
export function QueueList({ still }: Readonly<{ still: boolean }>) {
  const { t } = useTranslation("coach");
  const known = useQueue();
  const [photos, setPhotos] = useState(known);
  if (!still && photos !== known) setPhotos(known);
  useEffect(() => {
    void wake();
  }, []);
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

function Entry({ photo, number }: Readonly<{ photo: Queued; number: number }>) {
  const { t } = useTranslation("coach");
  const navigate = useNavigate();
  const again = () => void retry(photo.id).then((jobId) => jobId && navigate(`/answers/${jobId}`));
  return (
    <li className={styles.entry}>
      <img src={photo.url} alt={t("queue.photo", { number })} className={styles.photo} />
      <div className={styles.words}>
        <State photo={photo} />
        {photo.failure && <p className={styles.small}>{photo.failure.sentence}</p>}
      </div>
      <div className={styles.actions}>
        {(photo.phase === "failed" || photo.again !== null) && (
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
            void drop(photo.id);
            toast({ text: t("queue.dropped") });
          }}
        />
      </div>
    </li>
  );
}

function State({ photo }: Readonly<{ photo: Queued }>) {
  const { t } = useTranslation("coach");
  const seconds = useCountdown(photo.again);
  if (photo.phase === "waiting" && seconds !== null && navigator.onLine)
    return <p>{t("queue.busy", { count: seconds })}</p>;
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
