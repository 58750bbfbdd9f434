import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api, data } from "~/api/client";
import { useFormat } from "~/i18n/format";
import { Section } from "~/ui/Section";
import { ProgressBar } from "../ProgressBar";
import styles from "./today.module.css";

/** How this week goes. Nothing where nobody answers: it is no reason not to begin. */
export function Week() {
  const { t } = useTranslation("learn");
  const { number } = useFormat();
  const stats = useQuery({
    queryKey: ["learn", "stats"],
    queryFn: () => data(api.GET("/api/v1/learning/stats")),
  });
  if (!stats.data) return null;
  const { week, streak } = stats.data;
  const label = t("week.done", { done: number(week.reviews), goal: number(week.goal) });
  return (
    <Section title={t("week.title")}>
      <p>{label}</p>
      {week.goal > 0 && <ProgressBar label={label} value={week.reviews} max={week.goal} />}
      {(streak.weeks > 1 || streak.days > 1) && (
        <p className={styles.note}>
          {streak.weeks > 1
            ? t("week.weeks", { count: streak.weeks })
            : t("week.days", { count: streak.days })}
        </p>
      )}
    </Section>
  );
}
