import { useTranslation } from "react-i18next";
import styles from "../account.module.css";

type Props = Readonly<{ checked: boolean; onChange: (checked: boolean) => void }>;

/** Whether the person's other devices are signed out by a change. */
export function EndOthers({ checked, onChange }: Props) {
  const { t } = useTranslation("account");
  return (
    <label className={styles.check}>
      <input
        type="checkbox"
        checked={checked}
        onChange={(event) => {
          onChange(event.target.checked);
        }}
      />
      <span>{t("password.endOthers")}</span>
    </label>
  );
}
