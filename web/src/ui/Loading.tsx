import { useTranslation } from "react-i18next";
import styles from "./Loading.module.css";

/** In place of a page that is being fetched; tells screen readers so. */
export function PageSkeleton() {
  const { t } = useTranslation();
  return (
    <div className={styles.page} aria-busy>
      <p className="visually-hidden" role="status">
        {t("loading")}
      </p>
      <Skeleton width="40%" height="2.25rem" />
      <Skeleton width="75%" height="1.25rem" />
      <Skeleton height="12rem" />
    </div>
  );
}

/** A plain block in place of something that is still loading. */
export function Skeleton({ width = "100%", height = "1rem" }: Readonly<{ width?: string; height?: string }>) {
  return <div className={styles.skeleton} style={{ width, height }} aria-hidden />;
}
