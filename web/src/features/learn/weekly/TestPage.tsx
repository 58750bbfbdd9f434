import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useParams } from "react-router";
import { describe } from "~/api/describe";
import type { WeeklyTest } from "~/api/types";
import { useFormat } from "~/i18n/format";
import { Button } from "~/ui/Button";
import { ErrorMessage } from "~/ui/ErrorMessage";
import { Skeleton } from "~/ui/Loading";
import { Page } from "~/ui/Page";
import { useConfirmation } from "~/ui/useConfirmation";
import { ProgressBar } from "../ProgressBar";
import { Question } from "./Question";
import { Result } from "./Result";
import { completeTest, getTest } from "./server";
import styles from "./weekly.module.css";

/** One test: its questions one after the other, then its result. */
export default function TestPage() {
  const { t } = useTranslation("weekly");
  const { testId = "" } = useParams();
  const test = useQuery({
    queryKey: ["learn", "tests", testId],
    queryFn: () => getTest(testId),
    // What was answered here is known here; an answer that was fetched meanwhile could be older.
    staleTime: Infinity,
  });
  return (
    <Page title={t("title")}>
      <p>
        <Button icon="back" to="/learn/test">
          {t("all")}
        </Button>
      </p>
      {test.isPending && <Skeleton height="18rem" />}
      {test.isError && !test.data && <ErrorMessage error={test.error} onRetry={() => void test.refetch()} />}
      {test.data &&
        (test.data.result ? (
          <Result test={test.data} result={test.data.result} />
        ) : (
          <Questions key={testId} test={test.data} />
        ))}
    </Page>
  );
}

function Questions({ test }: Readonly<{ test: WeeklyTest }>) {
  const { t } = useTranslation("weekly");
  const { number } = useFormat();
  const queries = useQueryClient();
  const { questions } = test;
  const firstOpen = questions.findIndex(({ score }) => score === null);
  const [at, setAt] = useState(firstOpen < 0 ? questions.length - 1 : firstOpen);
  const question = questions[at];
  const answered = questions.filter(({ score }) => score !== null).length;
  const complete = useMutation({
    mutationFn: () => completeTest(test.id, false),
    onSuccess: (done) => {
      queries.setQueryData(["learn", "tests", test.id], done);
      void queries.invalidateQueries({ queryKey: ["learn", "tests"], exact: true });
      document.querySelector("h1")?.focus(); // the button goes with the questions
    },
  });
  if (!question) return null;
  const isLast = answered === questions.length;
  const next = () => {
    const after = [...questions.slice(at + 1), ...questions.slice(0, at)].find(({ score }) => score === null);
    if (after) setAt(questions.indexOf(after));
    else if (!complete.isPending) complete.mutate();
  };
  const position = t("position", { number: number(at + 1), questions: number(questions.length) });
  return (
    <>
      <div className={styles.progress}>
        <p>{position}</p>
        <ProgressBar label={position} value={answered} max={questions.length} />
      </div>
      <Question
        key={question.position}
        test={test.id}
        question={question}
        next={t(isLast ? "seeResult" : "next")}
        busy={complete.isPending}
        onNext={next}
      />
      {complete.isError && (
        <p className={styles.refused} role="alert">
          {describe(complete.error).sentence}
        </p>
      )}
      {!isLast && (
        <Finish
          busy={complete.isPending}
          onFinish={() => {
            complete.mutate();
          }}
        />
      )}
    </>
  );
}

/** For who does not want to answer the rest. */
function Finish({ busy, onFinish }: Readonly<{ busy: boolean; onFinish: () => void }>) {
  const { t } = useTranslation("weekly");
  const { asking, setAsking, question, trigger } = useConfirmation();
  if (!asking)
    return (
      <p>
        <Button
          ref={trigger}
          tone="inherit"
          onClick={() => {
            setAsking(true);
          }}
        >
          {t("finish")}
        </Button>
      </p>
    );
  return (
    <div
      ref={question}
      tabIndex={-1}
      className={styles.actions}
      role="group"
      aria-label={t("finishQuestion")}
    >
      <span>{t("finishQuestion")}</span>
      <Button variant="outlined" busy={busy} onClick={onFinish}>
        {t("finish")}
      </Button>
      <Button
        onClick={() => {
          setAsking(false);
        }}
      >
        {t("goOn")}
      </Button>
    </div>
  );
}
