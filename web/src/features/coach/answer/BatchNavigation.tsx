import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { Icon, type IconName } from "~/icons/Icon";
import { useBatch } from "~/outbox/photos/batch";
import styles from "./BatchNavigation.module.css";

/** "1 of 4, next": the way through photos that were chosen together. */
export function BatchNavigation({ jobId }: Readonly<{ jobId: string }>) {
  const { t } = useTranslation("coach");
  const place = useBatch(jobId);
  if (!place) return null;
  const { number, count, previous, next } = place;
  return (
    <nav className={styles.batch} aria-label={t("batch.label")}>
      <Way to={previous} icon="back" label={t("batch.previous")} />
      <p className={styles.place}>{t("batch.place", { number, count })}</p>
      <Way to={next} icon="forward" label={t(next === null ? "batch.waiting" : "batch.next")} />
    </nav>
  );
}

type WayProps = Readonly<{ to: string | null | undefined; icon: IconName; label: string }>;

function Way({ to, icon, label }: WayProps) {
  if (to === undefined) return <span />;
  const inside = (
    <>
      <span>{label}</span>
      <Icon name={icon} size="1.25rem" />
    </>
  );
  if (to === null) return <span className={styles.waiting}>{inside}</span>;
  return (
    <Link to={`/answers/${to}`} className={styles.way} data-way={icon}>
      {inside}
    </Link>
  );
}
