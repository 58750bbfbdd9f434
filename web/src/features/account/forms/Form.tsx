import type { ReactNode } from "react";
import { Button } from "~/ui/Button";
import { ErrorMessage } from "~/ui/ErrorMessage";
import styles from "../account.module.css";

type Props = Readonly<{
  onSubmit: () => void;
  /** What the button says that sends it. */
  submit: string;
  busy: boolean;
  /** Why it failed the last time; null when it did not. */
  error: unknown;
  /** Beside the button. */
  actions?: ReactNode;
  children?: ReactNode;
}>;

/** Fields, why they were refused, and one button that sends them. */
export function Form({ onSubmit, submit, busy, error, actions, children }: Props) {
  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault();
        if (!busy) onSubmit();
      }}
    >
      {children}
      {error !== null && error !== undefined && <ErrorMessage error={error} />}
      <div className={styles.buttons}>
        <Button type="submit" variant="contained" large busy={busy}>
          {submit}
        </Button>
        {actions}
      </div>
    </form>
  );
}
