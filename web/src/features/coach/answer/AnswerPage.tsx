import { useTranslation } from "react-i18next";
import { Navigate, useParams } from "react-router";
import { Problem } from "~/api/problem";
import { PageSkeleton } from "~/ui/Loading";
import { Page } from "~/ui/Page";
import { ErrorMessage } from "~/ui/ErrorMessage";
import { ended } from "../analysis/watch";
import { useJob } from "../analysis/useJob";
import { belongsTo, useQueue } from "~/outbox/photos/list";
import { Answer } from "./Answer";
import { BatchNavigation } from "./BatchNavigation";
import { Failed, AnswerMissing } from "./Failed";
import { Working } from "./Working";

/** A photo's analysis from the first percent to the answer, and the answer whenever it is opened again. */
export default function AnswerPage() {
  const { jobId = "" } = useParams();
  return (
    <>
      <BatchNavigation jobId={jobId} />
      <Job key={jobId} jobId={jobId} />
    </>
  );
}

function Job({ jobId }: Readonly<{ jobId: string }>) {
  const { t } = useTranslation("coach");
  const { status, problem, error } = useJob(jobId);
  const photo = useQueue().find((one) => belongsTo(one, jobId));

  if (photo?.jobId && photo.jobId !== jobId) return <Navigate to={`/answers/${photo.jobId}`} replace />;
  // The job may have expired before the photo was sent; then it gets another one.
  if (photo?.phase === "waiting" || photo?.phase === "sending") {
    const going = status && !ended(status) ? status : undefined;
    return <Working key="working" jobId={jobId} status={going} problem={problem} />;
  }
  if (error instanceof Problem && (error.code === "job_missing" || error.code === "invalid"))
    return <AnswerMissing />;
  if (error) {
    return (
      <Page title={t("answer.title")} hideTitle>
        <ErrorMessage
          error={error}
          onRetry={() => {
            window.location.reload();
          }}
        />
      </Page>
    );
  }
  if (!status && !photo && !problem) return <PageSkeleton />;
  if (photo?.phase === "failed" && status?.status !== "failed") return <Failed photo={photo} />;
  // A key for each state: each has a heading of its own that takes the focus.
  if (!status || !ended(status))
    return <Working key="working" jobId={jobId} status={status} problem={problem} />;
  if (!status.result) return <Failed key="failed" status={status} photo={photo} />;
  return <Answer key="answer" jobId={jobId} result={status.result} />;
}
