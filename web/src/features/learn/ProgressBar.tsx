import styles from "./progressBar.module.css";

type Props = Readonly<{ label: string; value: number; max: number }>;

/** How far something is. */
export function ProgressBar({ label, value, max }: Props) {
  return <progress className={styles.bar} max={max} value={Math.min(value, max)} aria-label={label} />;
}
