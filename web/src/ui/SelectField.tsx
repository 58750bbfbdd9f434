import type { ReactNode } from "react";
import { Icon } from "~/icons/Icon";
import styles from "./SelectField.module.css";

type Props = Readonly<{
  label: string;
  /** The `<select>`. */
  children: ReactNode;
}>;

/** One of many, by the device's own list: a label above a `<select>`. */
export function SelectField({ label, children }: Props) {
  return (
    <label className={styles.select}>
      {label}
      <span className={styles.field}>
        {children}
        <Icon name="down" size="1.25rem" />
      </span>
    </label>
  );
}
