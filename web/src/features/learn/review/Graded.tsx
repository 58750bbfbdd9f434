import { useTranslation } from "react-i18next";
import { useFormat } from "~/i18n/format";
import type { Grade } from "./grade";
import styles from "./review.module.css";

/** How an answer was graded, by whom, and what it lacks. */
export function Graded({ grade }: Readonly<{ grade: Grade }>) {
  const { t } = useTranslation("learn");
  const { number, list } = useFormat();
  const { score, threshold, missing, by, rating, waiting } = grade;
  if (by === "person")
    return (
      <p className={styles.grade} role="status">
        {t("grade.by.person")}
      </p>
    );
  return (
    <div className={styles.grade} role="status">
      <p className={styles.verdict} data-right={rating !== "again"}>
        {t(`grade.${rating}`)}
      </p>
      <p>
        {t("grade.scoreOf", { score: number(score), threshold: number(threshold) })} {t(`grade.by.${by}`)}
        {waiting && ` ${t("grade.waiting")}`}
      </p>
      {missing.length > 0 && <p>{t("grade.missing", { parts: list(missing) })}</p>}
    </div>
  );
}
