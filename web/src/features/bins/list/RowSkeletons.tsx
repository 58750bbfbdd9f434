import { useTranslation } from "react-i18next";
import { Skeleton } from "~/ui/Loading";
import styles from "./list.module.css";

/** In place of a list that is being fetched. */
export function RowSkeletons() {
  const { t } = useTranslation();
  return (
    <div className={styles.skeletons} aria-busy>
      <p className="visually-hidden" role="status">
        {t("loading")}
      </p>
      {[1, 2, 3, 4].map((row) => (
        <div key={row}>
          <Skeleton width="2.5rem" height="2.5rem" />
          <div>
            <Skeleton width="60%" />
            <Skeleton width="35%" />
          </div>
        </div>
      ))}
    </div>
  );
}
