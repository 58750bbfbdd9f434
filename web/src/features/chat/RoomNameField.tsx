import { useTranslation } from "react-i18next";
import styles from "./form.module.css";

type Props = Readonly<{ value: string; onChange: (name: string) => void }>;

/** What a room is called, as the server takes it. */
export function RoomNameField({ value, onChange }: Props) {
  const { t } = useTranslation("chat");
  return (
    <label className={styles.field}>
      {t("new.name")}
      <input
        value={value}
        required
        maxLength={60}
        autoComplete="off"
        onChange={(event) => {
          onChange(event.target.value);
        }}
      />
    </label>
  );
}
