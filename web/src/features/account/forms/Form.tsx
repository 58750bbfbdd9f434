import type { ReactNode } from "react";
import { Button } from "~/ui/Button";
import { Failure } from "./Failure";
import styles from "../account.module.css";

type Props = Readonly<{
  onSubmit: () => void;
  /** What the button says that sends it. */
  submit: string;
  /** There is a better way beside it. */
  secondary?: boolean;
  busy: boolean;
  /** Why it failed the last time; null when it did not. */
  error: unknown;
  /** Beside the button. */
  actions?: ReactNode;
  children?: ReactNode;
}>;

/** Fields, why they were refused, and one button that sends them. */
export function Form({ onSubmit, submit, secondary = false, busy, error, actions, children }: Props) {
  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault();
        if (!busy) onSubmit();
      }}
    >
      {children}
      {error !== null && error !== undefined && <Failure error={error} />}
      <div className={styles.buttons}>
        <Button type="submit" variant={secondary ? "outlined" : "contained"} large busy={busy}>
          {submit}
        </Button>
        {actions}
      </div>
    </form>
  );
}
