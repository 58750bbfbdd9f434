import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { describe } from "~/api/describe";
import { prefer, preferences } from "~/preferences/store";
import { announce } from "~/ui/announce";
import { Button } from "~/ui/Button";
import { toast } from "~/ui/toast";
import { useReply } from "../analysis/useJob";
import { ReplyError } from "./ReplyError";
import styles from "./answer.module.css";

type Props = Readonly<{ jobId: string; index: number; onWrong: () => void }>;

/** Right or wrong, and once the question whether we may learn from it. */
export function Feedback({ jobId, index, onWrong }: Props) {
  const { t } = useTranslation("coach");
  const reply = useReply(jobId);
  const [step, setStep] = useState<"open" | "asked" | "done">("open");
  const before = useRef(step);
  const box = useRef<HTMLDivElement>(null);

  // The pressed button is removed: the focus goes to what replaces it.
  useEffect(() => {
    if (before.current !== step) box.current?.focus();
    before.current = step;
  }, [step]);

  const confirm = (consent: boolean, on: Readonly<{ taken: () => void; refused?: () => void }>) => {
    reply.mutate(
      { kind: "correct", item: index, confirm: true, consent },
      {
        onSuccess: on.taken,
        onError: (error) => {
          announce(describe(error).sentence, "assertive");
          on.refused?.();
        },
      },
    );
  };
  const right = () => {
    const { teach } = preferences();
    confirm(teach === true, {
      taken: () => {
        setStep(teach === null ? "asked" : "done");
      },
    });
  };
  const allow = () => {
    // Stored before it is sent: if the response is lost, the server may have the photo all the same.
    prefer({ teach: true });
    confirm(true, {
      taken: () => {
        toast({ text: t("feedback.consented") });
        setStep("done");
      },
      refused: () => {
        setStep("open");
      },
    });
  };
  const decline = () => {
    prefer({ teach: false });
    toast({ text: t("feedback.declined") });
    setStep("done");
  };

  return (
    <div ref={box} tabIndex={-1} className={styles.feedback} role="group" aria-label={t("feedback.question")}>
      {step === "open" && (
        <>
          <p className={styles.strong}>{t("feedback.question")}</p>
          <div className={styles.buttons}>
            <Button variant="outlined" tone="inherit" icon="check" busy={reply.isPending} onClick={right}>
              {t("feedback.right")}
            </Button>
            <Button variant="outlined" tone="inherit" icon="close" onClick={onWrong}>
              {t("feedback.wrong")}
            </Button>
          </div>
        </>
      )}
      {step === "done" && <p className={styles.strong}>{t("feedback.thanks")}</p>}
      {step === "asked" && (
        <>
          <p className={styles.strong}>{t("feedback.consent")}</p>
          <p className={styles.small}>{t("feedback.consentNote")}</p>
          <div className={styles.buttons}>
            <Button variant="outlined" tone="inherit" busy={reply.isPending} onClick={allow}>
              {t("feedback.yes")}
            </Button>
            <Button variant="outlined" tone="inherit" busy={reply.isPending} onClick={decline}>
              {t("feedback.no")}
            </Button>
          </div>
        </>
      )}
      <ReplyError error={reply.error} />
    </div>
  );
}
