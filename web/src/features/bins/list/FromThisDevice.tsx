import { useTranslation } from "react-i18next";
import { FromDevice } from "~/ui/FromDevice";
import styles from "./list.module.css";

/** Says since when this device knows the bins (ms since 1970), and that they may have changed; nothing for null. */
export function FromThisDevice({ asOf }: Readonly<{ asOf: number | null }>) {
  const { t } = useTranslation("bins");
  if (asOf === null) return null;
  return (
    <div className={styles.fromDevice}>
      <FromDevice asOf={asOf} />
      <p>{t("stored.changed")}</p>
    </div>
  );
}
