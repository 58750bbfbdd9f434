import type { JobSummary } from "~/api/types";
import { coloursOf, materialOfCategory } from "~/design/materials";
import { Icon, materialIcon } from "~/icons/Icon";
import styles from "./Thumbnail.module.css";

/** The picture of an analysis, small, with the mark of where it goes. The words beside it say what it is. */
export function Thumbnail({ job }: Readonly<{ job: JobSummary }>) {
  const material = job.waste_type ? materialOfCategory(job.waste_type) : null;
  const { mark, on } = coloursOf(material ?? "unknown");
  return (
    <span className={styles.thumbnail}>
      {job.photo_url ? (
        <img src={job.photo_url} alt="" loading="lazy" decoding="async" />
      ) : (
        <Icon name="image" size="1.75rem" />
      )}
      {material && job.status === "done" && (
        <span className={styles.mark} style={{ background: mark, color: on }}>
          <Icon name={materialIcon(material)} size="1.125rem" />
        </span>
      )}
    </span>
  );
}
