import { useId, type ReactNode } from "react";
import styles from "./Section.module.css";

type Props = Readonly<{ title: string; note?: ReactNode; children: ReactNode }>;

/** A card with a heading of the second rank. */
export function Section({ title, note, children }: Props) {
  const id = useId();
  return (
    <section className={styles.section} aria-labelledby={id}>
      <div className={styles.head}>
        <h2 id={id}>{title}</h2>
        {note && <p className={styles.note}>{note}</p>}
      </div>
      {children}
    </section>
  );
}
