import { useTranslation } from "react-i18next";
import { Icon } from "~/icons/Icon";
import { RegionSelect, useRegions } from "~/ui/Regions";
import styles from "./RegionPick.module.css";

/** Whose rules apply. The settings keep the same choice. */
export function RegionPick() {
  const { t } = useTranslation("coach");
  const { data: regions } = useRegions();
  if (!regions) return null; // without them the national rules apply
  return (
    <label className={styles.region}>
      <span>{t("region.label")}</span>
      <span className={styles.field}>
        <Icon name="pin" size="1.25rem" />
        <RegionSelect regions={regions} none={t("region.none")} />
        <Icon name="down" size="1.125rem" />
      </span>
    </label>
  );
}
