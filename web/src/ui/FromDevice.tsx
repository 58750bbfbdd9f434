import { useTranslation } from "react-i18next";
import { useFormat } from "~/i18n/format";
import { Icon } from "~/icons/Icon";
import styles from "./FromDevice.module.css";

/** Says that what stands here is stored on this device, and since when (ms since 1970); nothing for null. */
export function FromDevice({ asOf }: Readonly<{ asOf: number | null }>) {
  const { t } = useTranslation();
  const { moment } = useFormat();
  if (asOf === null) return null;
  return (
    <p className={styles.note} role="note">
      <Icon name="offline" size="1.125rem" />
      {t("fromDevice", { date: moment(new Date(asOf)) })}
    </p>
  );
}
