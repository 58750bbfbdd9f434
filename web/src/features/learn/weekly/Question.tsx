import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { describe } from "~/api/describe";
import type { WeeklyTest, WeeklyTestQuestion } from "~/api/types";
import { Button } from "~/ui/Button";
import { Markdown } from "~/ui/markdown/Markdown";
import { Choice } from "../review/Choice";
import { Typing } from "../review/Typing";
import { answerQuestion } from "./server";
import styles from "./weekly.module.css";

type Props = Readonly<{
  /** The id of its test. */
  test: string;
  question: WeeklyTestQuestion;
  /** What the button says that leads on. */
  next: string;
  busy: boolean;
  onNext: () => void;
}>;

const TRUE_FALSE = ["true", "false"] as const;

/** A question of a test: asked, then with what is right. */
export function Question({ test, question, next, busy, onNext }: Props) {
  const { t } = useTranslation("weekly");
  const queries = useQueryClient();
  const article = useRef<HTMLElement>(null);
  const open = question.score !== null;
  const answer = useMutation({
    mutationFn: (said: string) => answerQuestion(test, question.position, said),
    onSuccess: (answered) => {
      queries.setQueryData<WeeklyTest>(["learn", "tests", test], (known) => {
        if (!known) return known;
        const others = known.questions.map((one) => (one.position === answered.position ? answered : one));
        return { ...known, questions: others };
      });
    },
  });
  const isTyped = question.kind === "typed";
  useEffect(() => {
    if (!isTyped) article.current?.focus({ preventScroll: true }); // else its field has it
  }, [isTyped]);
  const say = (said: string) => {
    if (!answer.isPending && !open) answer.mutate(said);
  };
  const labelOf = (choice: string) => t(choice === "true" ? "true" : "false");
  return (
    <>
      <article ref={article} tabIndex={-1} className={styles.question} aria-label={t("question")}>
        <Markdown text={question.question} pictures={question.media} noName={t("picture")} />
        {question.statement !== null && (
          <>
            <p className={styles.note}>{t("isTrue")}</p>
            <blockquote>
              <Markdown text={question.statement} pictures={{}} noName={t("picture")} />
            </blockquote>
          </>
        )}
      </article>
      {isTyped ? (
        !open && <Typing kind="typed" checking={answer.isPending} onAnswer={say} />
      ) : (
        <Choice
          choices={question.kind === "true_false" ? TRUE_FALSE : question.choices}
          {...(question.kind === "true_false" && { label: labelOf })}
          right={question.answer}
          chosen={question.given}
          open={open}
          onChoose={say}
        />
      )}
      {answer.isError && (
        <p className={styles.refused} role="alert">
          {describe(answer.error).sentence}
        </p>
      )}
      {open && <Answered question={question} next={next} busy={busy} onNext={onNext} />}
    </>
  );
}

/** What became of an answer. */
function Answered({ question, next, busy, onNext }: Omit<Props, "test">) {
  const { t } = useTranslation("weekly");
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    button.current?.focus({ preventScroll: true });
  }, []);
  return (
    <div className={styles.answered}>
      <div role="status">
        <p className={styles.verdict} data-right={question.right}>
          {t(question.right ? "right" : "wrong")}
        </p>
        {question.kind === "typed" && (
          <>
            {question.given && <p className={styles.note}>{t("youSaid", { text: question.given })}</p>}
            <p>{t("rightAnswer", { text: question.answer ?? "" })}</p>
          </>
        )}
      </div>
      <Button ref={button} variant="contained" large busy={busy} onClick={onNext}>
        {next}
      </Button>
    </div>
  );
}
