import { useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Button } from "~/ui/Button";
import { NoOrYes } from "~/ui/NoOrYes";
import { toast } from "~/ui/toast";
import { useConfirmation } from "~/ui/useConfirmation";
import { EndOthers } from "../forms/EndOthers";
import { Failure } from "../forms/Failure";
import { useReauthentication } from "./useReauthentication";
import styles from "../account.module.css";

type Props = Readonly<{
  /** What the button says that asks first. */
  label: string;
  /** The same for who hears it among others. */
  name?: string;
  question: string;
  done: string;
  remove: (endOthers: boolean) => Promise<unknown>;
}>;

/** A button that removes a way to sign in, after asking once more. */
export function Removal({ label, name, question: sentence, done, remove }: Props): ReactNode {
  const { t } = useTranslation("account");
  const client = useQueryClient();
  const [endOthers, setEndOthers] = useState(false);
  const { asking, setAsking, question, trigger } = useConfirmation();
  const { reauthenticated, dialog } = useReauthentication();
  const removal = useMutation({
    mutationFn: () => reauthenticated(async () => ({ removed: await remove(endOthers) })),
    onSuccess: async (result) => {
      if (!result) return;
      setAsking(false);
      toast({ text: done });
      document.querySelector("h1")?.focus(); // the button may be gone with what it removed
      await client.invalidateQueries({ queryKey: ["account"] });
    },
  });
  if (!asking)
    return (
      <div>
        <Button
          ref={trigger}
          variant="outlined"
          tone="bad"
          aria-label={name}
          onClick={() => {
            removal.reset();
            setAsking(true);
          }}
        >
          {label}
        </Button>
      </div>
    );
  return (
    <div role="group" aria-label={sentence} ref={question} tabIndex={-1} className={styles.question}>
      <p>{sentence}</p>
      <EndOthers checked={endOthers} onChange={setEndOthers} />
      {removal.isError && <Failure error={removal.error} />}
      <div className={styles.buttons}>
        <NoOrYes
          no={t("cancel")}
          yes={t("remove.yes")}
          busy={removal.isPending}
          onNo={() => {
            setAsking(false);
          }}
          onYes={() => removal.mutate()}
        />
      </div>
      {dialog}
    </div>
  );
}
