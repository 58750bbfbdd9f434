import { useMutation } from "@tanstack/react-query";
import { useEffect, useId, useRef, useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Problem } from "~/api/problem";
import { signIn } from "~/api/session";
import { Button } from "~/ui/Button";
import { PasswordField } from "../forms/fields";
import { Form } from "../forms/Form";
import styles from "../account.module.css";

type Reauthentication = Readonly<{
  /** Runs `work`; where the platform wants to know first who is there, asks for the password and runs it again. Null when
   * the person would rather not. */
  reauthenticated: <T>(work: () => Promise<T>) => Promise<T | null>;
  /** To be drawn by whoever uses it. */
  dialog: ReactNode;
}>;

export function useReauthentication(): Reauthentication {
  const [resolve, setResolve] = useState<((shown: boolean) => void) | null>(null);
  const reauthenticated = async <T,>(work: () => Promise<T>): Promise<T | null> => {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof Problem) || error.code !== "reauthentication_needed") throw error;
    }
    const shown = await new Promise<boolean>((answer) => {
      setResolve(() => answer);
    });
    setResolve(null);
    return shown ? work() : null;
  };
  return { reauthenticated, dialog: resolve && <PasswordDialog onEnd={resolve} /> };
}

function PasswordDialog({ onEnd }: Readonly<{ onEnd: (shown: boolean) => void }>) {
  const { t } = useTranslation("account");
  const title = useId();
  const element = useRef<HTMLDialogElement>(null);
  const [password, setPassword] = useState("");
  const check = useMutation({
    mutationFn: () => signIn("/api/v1/auth/reauthenticate", { password }),
    onSuccess: () => onEnd(true),
  });
  useEffect(() => {
    element.current?.showModal(); // the browser holds the focus inside, and gives it back
  }, []);
  return (
    <dialog
      ref={element}
      className={styles.dialog}
      aria-labelledby={title}
      onCancel={(event) => {
        event.preventDefault();
        onEnd(false);
      }}
    >
      <h2 id={title}>{t("again.title")}</h2>
      <p className={styles.small}>{t("again.note")}</p>
      <Form
        submit={t("again.submit")}
        busy={check.isPending}
        error={check.error}
        onSubmit={() => check.mutate()}
        actions={
          <Button variant="outlined" tone="inherit" onClick={() => onEnd(false)}>
            {t("cancel")}
          </Button>
        }
      >
        <PasswordField kind="current-password" value={password} onChange={setPassword} />
      </Form>
    </dialog>
  );
}
