import { useId, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { materialValues } from "~/api/generated/schema";
import type { AnswerIn, Material, Question } from "~/api/types";
import { WordSearch } from "~/features/search/WordSearch";
import { Icon } from "~/icons/Icon";
import { MaterialMark } from "~/ui/MaterialMark";
import { KindButtons } from "./KindButtons";
import { ReplyError } from "./ReplyError";
import styles from "./answer.module.css";

type Props = Readonly<{
  question: Question;
  /** The server has no model, so that nothing was recognised. */
  blind: boolean;
  pending: boolean;
  error: unknown;
  onAnswer: (said: Pick<AnswerIn, "value"> | Pick<AnswerIn, "text">) => void;
  /** Who else may know. */
  children?: ReactNode;
}>;

/** The choice "none of these", which questions of an older server end with: the words below stand in its place. */
const NONE = "none";

/** The question that is asked instead of guessing: what is likely as large buttons, below them every other kind, what is
 * dangerous, and words. */
export function QuestionCard({ question, blind, pending, error, onAnswer, children }: Props) {
  const { t } = useTranslation("coach");
  const id = useId();
  const choices = question.choices.filter(({ value }) => value !== NONE);
  const inGroup = (wanted: string) => choices.filter(({ group }) => group === wanted);
  const pick = (value: string) => {
    onAnswer({ value });
  };
  return (
    <section aria-labelledby={id} aria-busy={pending} className={styles.ask}>
      <p className={styles.kicker}>{t(blind ? "answer.noModel" : "answer.asked")}</p>
      <h2 id={id} className={styles.question}>
        {question.text}
      </h2>
      <div className={styles.choices}>
        {inGroup("likely").map(({ value, label }) => (
          <button
            key={value}
            type="button"
            className={styles.choice}
            aria-disabled={pending}
            onClick={() => {
              if (!pending) pick(value);
            }}
          >
            {isMaterial(value) && <MaterialMark material={value} size="2.25rem" />}
            <span className={styles.label}>{label}</span>
            <Icon name="forward" size="1.125rem" className={styles.arrow} />
          </button>
        ))}
      </div>
      <ReplyError error={error} />
      {children}
      <KindButtons title={t("answer.others")} kinds={inGroup("other")} pending={pending} onPick={pick} />
      <KindButtons
        title={t("answer.hazards")}
        kinds={inGroup("hazard")}
        hazards
        pending={pending}
        onPick={pick}
      />
      <WordSearch
        label={t("answer.words")}
        showLabel
        onPick={({ item }) => {
          pick(item);
        }}
        onWords={(text) => {
          onAnswer({ text });
        }}
      />
    </section>
  );
}

function isMaterial(value: string): value is Material {
  return (materialValues as readonly string[]).includes(value);
}
