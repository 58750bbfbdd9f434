import { useMutation } from "@tanstack/react-query";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { describe } from "~/api/describe";
import type { Problem } from "~/api/problem";
import { removeJob } from "~/api/removeJob";
import type { JobStatus } from "~/api/types";
import { Icon } from "~/icons/Icon";
import { Button } from "~/ui/Button";
import { announce } from "~/ui/announce";
import { Page } from "~/ui/Page";
import { toast } from "~/ui/toast";
import { pictureOf, useQueue } from "~/outbox/photos/list";
import { photoAnswered, removePhoto } from "~/outbox/photos/queue";
import { progressOf, stepOf, STEPS } from "../analysis/progress";
import { useRatio } from "./ratio";
import styles from "./Working.module.css";

type Props = Readonly<{ jobId: string; status: JobStatus | undefined; problem: Problem | null }>;

/** How far the analysis is: what the platform says of itself, in four steps. */
export function Working({ jobId, status, problem }: Props) {
  const { t } = useTranslation("coach");
  const photo = useQueue().find((one) => one.jobId === jobId);
  const progress = progressOf(status, photo);
  const step = stepOf(status, photo?.handedOver);
  const picture = pictureOf(jobId);
  const { onLoad } = useRatio(picture);
  const said = t(`working.steps.${STEPS[step] ?? "send"}`);

  useEffect(() => {
    announce(said);
  }, [said]);

  const cancel = useCancel(jobId, photo?.id);

  return (
    <Page title={t("working.title")}>
      <div className={styles.working}>
        <div className={styles.frame}>
          {picture ? (
            <img src={picture} alt={t("working.picture")} className={styles.picture} onLoad={onLoad} />
          ) : (
            <Icon name="image" size="3rem" />
          )}
          <span className={styles.scan} aria-hidden />
        </div>
        <div
          role="progressbar"
          aria-label={t("working.bar")}
          aria-valuemin={0}
          aria-valuemax={100}
          aria-valuenow={progress}
          className={styles.bar}
        >
          <span style={{ transform: `scaleX(${progress / 100})` }} />
        </div>
        <ol className={styles.steps}>
          {STEPS.map((name, index) => {
            const state = index < step ? "done" : index === step ? "now" : "next";
            return (
              <li key={name} className={styles.step} data-state={state}>
                <span className={styles.dot}>{state === "done" && <Icon name="check" size="1rem" />}</span>
                {t(`working.steps.${name}`)}
                <span className="visually-hidden">{t(`working.state.${state}`)}</span>
              </li>
            );
          })}
        </ol>
        {problem && (
          <p className={styles.error} role="status">
            <Icon name={problem.code === "network" ? "offline" : "warning"} size="1.25rem" />
            {t(problem.code === "network" ? "working.offline" : "working.busy")}
          </p>
        )}
        <Button
          variant="outlined"
          tone="inherit"
          busy={cancel.isPending}
          onClick={() => {
            cancel.mutate();
          }}
        >
          {t("working.cancel")}
        </Button>
      </div>
    </Page>
  );
}

function useCancel(jobId: string, photoId: string | undefined) {
  const { t } = useTranslation("coach");
  const navigate = useNavigate();
  return useMutation({
    mutationFn: async () => {
      if (photoId) await removePhoto(photoId);
      else {
        await removeJob(jobId);
        await photoAnswered(jobId);
      }
    },
    onSuccess: () => {
      toast({ text: t("working.cancelled") });
      void navigate("/", { replace: true });
    },
    onError: (error) => {
      toast({ text: describe(error).sentence });
    },
  });
}
