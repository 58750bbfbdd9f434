import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { api, data } from "~/api/client";
import { signedIn } from "~/api/session";
import type { JobSummary } from "~/api/types";
import { Thumbnail } from "~/features/advice/Thumbnail";
import styles from "./Recent.module.css";

const MOST = 4;

/** The last answers, if there are any. Asks only for somebody signed in: the front page makes nobody a guest. */
export function Recent() {
  const { t } = useTranslation("coach");
  const known = useQuery({
    queryKey: ["history", "recent"],
    queryFn: () => data(api.GET("/api/v1/waste/jobs", { params: { query: { limit: MOST + 4 } } })),
    enabled: signedIn(),
    staleTime: 0,
  });
  const answered = (known.data ?? []).filter(({ name, status }) => name ?? status === "asked").slice(0, MOST);
  if (answered.length === 0) return null;
  return (
    <section className={styles.recent} aria-labelledby="recent">
      <div className={styles.head}>
        <h2 id="recent">{t("recent.title")}</h2>
        <Link to="/me/history" className={styles.all}>
          {t("recent.all")}
        </Link>
      </div>
      <ul className={styles.list}>
        {answered.map((job) => (
          <li key={job.job_id}>
            <Entry job={job} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function Entry({ job }: Readonly<{ job: JobSummary }>) {
  const { t } = useTranslation("coach");
  const { name, status } = job;
  const asked = name ? t("recent.guess", { name }) : t("answer.asked");
  return (
    <Link to={`/answers/${job.job_id}`} className={styles.entry}>
      <Thumbnail job={job} />
      <span>{status === "asked" ? asked : name}</span>
    </Link>
  );
}
