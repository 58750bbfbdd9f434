import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import type { JobStatus } from "~/api/types";
import { Button } from "~/ui/Button";
import { announce } from "~/ui/announce";
import { EmptyState } from "~/ui/EmptyState";
import { Page } from "~/ui/Page";
import type { QueuedPhoto } from "~/outbox/photos/list";
import { retryPhoto } from "~/outbox/photos/queue";
import styles from "./answer.module.css";

type Props = Readonly<{ status?: JobStatus; photo?: QueuedPhoto | undefined }>;

/** No answer came: why, and what to do now. The photo is still here when it can be tried again. */
export function Failed({ status, photo }: Props) {
  const { t } = useTranslation("coach");
  const navigate = useNavigate();
  const cancelled = status?.status === "cancelled";
  const title = t(cancelled ? "errors.cancelled.title" : "errors.failed");
  const sentence = cancelled
    ? t("errors.cancelled.sentence")
    : (photo?.failure?.sentence ?? status?.message ?? "");
  const code = photo?.failure?.code ?? status?.code;
  const again = photo && (status?.retryable ?? true);

  useEffect(() => {
    announce(`${title} ${sentence}`, "assertive");
  }, [title, sentence]);

  return (
    <Page title={title} hideTitle>
      <EmptyState
        icon={cancelled ? "close" : "warning"}
        tone={cancelled ? "calm" : "bad"}
        title={title}
        repeated
        actions={
          <>
            {again && (
              <Button
                variant="contained"
                onClick={() =>
                  void retryPhoto(photo.id).then((jobId) =>
                    navigate(jobId ? `/answers/${jobId}` : "/", { replace: true }),
                  )
                }
              >
                {t("errors.retry")}
              </Button>
            )}
            <Button variant={again ? "outlined" : "contained"} to="/">
              {t("errors.new")}
            </Button>
            <Button variant="outlined" to="/search">
              {t("errors.words")}
            </Button>
          </>
        }
      >
        <p>{sentence}</p>
        {code && <p className={styles.code}>{t("errors.code", { code })}</p>}
      </EmptyState>
    </Page>
  );
}

/** No such answer, or somebody else's. */
export function AnswerMissing() {
  const { t } = useTranslation("coach");
  return (
    <Page title={t("errors.missing.title")} hideTitle>
      <EmptyState
        icon="question"
        title={t("errors.missing.title")}
        repeated
        actions={
          <Button variant="contained" to="/">
            {t("errors.new")}
          </Button>
        }
      >
        <p>{t("errors.missing.sentence")}</p>
      </EmptyState>
    </Page>
  );
}
