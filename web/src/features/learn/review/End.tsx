import { useTranslation } from "react-i18next";
import type { RatingName } from "~/api/types";
import { useFormat } from "~/i18n/format";
import { Icon } from "~/icons/Icon";
import { Button } from "~/ui/Button";
import styles from "./review.module.css";

/** Nothing is due now: what was done, said quietly. */
export function End({ done }: Readonly<{ done: readonly Readonly<{ rating: RatingName }>[] }>) {
  const { t } = useTranslation("learn");
  const { percent } = useFormat();
  const known = done.filter(({ rating }) => rating !== "again").length;
  return (
    <section className={styles.end} role="status">
      <span className={styles.disc}>
        <Icon name="check" size="2.5rem" />
      </span>
      <h2>{t(done.length > 0 ? "end.title" : "end.nothing")}</h2>
      {done.length > 0 && (
        <p>{t("end.sentence", { count: done.length, share: percent(known / done.length) })}</p>
      )}
      <Button variant="contained" to="/learn">
        {t("end.back")}
      </Button>
    </section>
  );
}
