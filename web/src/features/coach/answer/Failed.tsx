import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import type { JobStatus } from "~/api/types";
import { searchFor, WordSearch } from "~/features/search/WordSearch";
import { Button } from "~/ui/Button";
import { announce } from "~/ui/announce";
import { EmptyState } from "~/ui/EmptyState";
import { Page } from "~/ui/Page";
import type { QueuedPhoto } from "~/outbox/photos/list";
import { retryPhoto } from "~/outbox/photos/queue";
import styles from "./answer.module.css";

type Props = Readonly<{ status?: JobStatus; photo?: QueuedPhoto | undefined }>;

/** Nothing was to be seen in the photo: that is no failure of ours, and words help at once. */
const UNSEEN = ["too_dark", "empty_picture"] as const;

/** No answer came: why, and what to do now. The photo is still here when it can be tried again. */
export function Failed({ status, photo }: Props) {
  const { t } = useTranslation("coach");
  const navigate = useNavigate();
  const cancelled = status?.status === "cancelled";
  const code = photo?.failure?.code ?? status?.code;
  const unseen = UNSEEN.find((one) => one === code);
  const title = t(cancelled ? "errors.cancelled.title" : unseen ? `errors.${unseen}` : "errors.failed");
  const sentence = cancelled
    ? t("errors.cancelled.sentence")
    : (photo?.failure?.sentence ?? status?.message ?? "");
  const again = photo && (status?.retryable ?? photo.failure?.retryable ?? true);

  useEffect(() => {
    announce(`${title} ${sentence}`, "assertive");
  }, [title, sentence]);

  return (
    <Page title={title} hideTitle>
      <EmptyState
        icon={cancelled ? "close" : unseen ? "camera" : "warning"}
        tone={cancelled || unseen ? "calm" : "bad"}
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
            {!unseen && (
              <Button variant="outlined" to="/search">
                {t("errors.words")}
              </Button>
            )}
          </>
        }
      >
        <p>{sentence}</p>
        {code && !unseen && <p className={styles.code}>{t("errors.code", { code })}</p>}
      </EmptyState>
      {unseen && (
        <WordSearch
          label={t("words.label")}
          showLabel
          onPick={({ item }) => void navigate(`/items/${item}`)}
          onWords={(words) => void navigate(searchFor(words))}
        />
      )}
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
