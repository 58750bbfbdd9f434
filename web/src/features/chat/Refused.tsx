import type { ReactNode } from "react";
import { describe } from "~/api/describe";
import styles from "./form.module.css";

type Props = Readonly<{ error: unknown; children?: never } | { error?: never; children: ReactNode }>;

/** Why something was not done, below what asked for it: a failure, or a sentence of the page. */
export function Refused({ error, children }: Props) {
  return (
    <p className={styles.refused} role="alert">
      {children ?? describe(error).sentence}
    </p>
  );
}
