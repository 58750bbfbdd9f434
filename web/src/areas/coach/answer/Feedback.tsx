import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { describe } from "~/api/describe";
import { prefer, preferences } from "~/preferences/store";
import { Button } from "~/ui/Button";
import { toast } from "~/ui/toast";
import { useReply } from "../analysis/useJob";
import styles from "./answer.module.css";

type Props = Readonly<{ jobId: string; index: number; onWrong: () => void }>;

/** Right or wrong, and once the question whether we may learn from it. */
export function Feedback({ jobId, index, onWrong }: Props) {
  const { t } = useTranslation("coach");
  const reply = useReply(jobId);
  const [said, setSaid] = useState<"nothing" | "right" | "asked">("nothing");
  const box = useRef<HTMLDivElement>(null);

  // The button that was pressed is gone: the focus goes to what stands in its place.
  useEffect(() => {
    if (said !== "nothing") box.current?.focus();
  }, [said]);

  const confirm = (teach: boolean | null) => {
    reply.mutate(
      { kind: "correct", item: index, confirm: true, consent: teach === true },
      { onError: (error) => toast({ text: describe(error).sentence }) },
    );
  };
  const right = () => {
    const { teach } = preferences();
    confirm(teach);
    setSaid(teach === null ? "asked" : "right");
  };
  const decide = (teach: boolean) => {
    prefer({ teach });
    if (teach) confirm(true);
    toast({ text: t(teach ? "feedback.consented" : "feedback.declined") });
    setSaid("right");
  };

  return (
    <div ref={box} tabIndex={-1} className={styles.feedback} role="group" aria-label={t("feedback.question")}>
      {said === "nothing" && (
        <>
          <p className={styles.strong}>{t("feedback.question")}</p>
          <div className={styles.buttons}>
            <Button variant="outlined" tone="inherit" icon="check" onClick={right}>
              {t("feedback.right")}
            </Button>
            <Button variant="outlined" tone="inherit" icon="close" onClick={onWrong}>
              {t("feedback.wrong")}
            </Button>
          </div>
        </>
      )}
      {said === "right" && <p className={styles.strong}>{t("feedback.thanks")}</p>}
      {said === "asked" && (
        <>
          <p className={styles.strong}>{t("feedback.consent")}</p>
          <p className={styles.small}>{t("feedback.consentNote")}</p>
          <div className={styles.buttons}>
            <Button
              variant="outlined"
              tone="inherit"
              onClick={() => {
                decide(true);
              }}
            >
              {t("feedback.yes")}
            </Button>
            <Button
              variant="outlined"
              tone="inherit"
              onClick={() => {
                decide(false);
              }}
            >
              {t("feedback.no")}
            </Button>
          </div>
        </>
      )}
    </div>
  );
}
