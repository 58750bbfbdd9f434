import { useId } from "react";
import { useTranslation } from "react-i18next";
import { materialValues } from "~/api/generated/schema";
import type { Material, Question } from "~/api/types";
import { Icon } from "~/icons/Icon";
import { MaterialMark } from "~/ui/MaterialMark";
import { ReplyError } from "./ReplyError";
import styles from "./answer.module.css";

type Props = Readonly<{
  question: Question;
  /** The server has no model, so that nothing was recognised. */
  blind: boolean;
  pending: boolean;
  error: unknown;
  onAnswer: (value: string) => void;
  onNone: () => void;
}>;

/** The value of the choice "none of these", which every question has. */
const NONE = "none";

/** The question that is asked instead of guessing, with its choices as large buttons. */
export function QuestionCard({ question, blind, pending, error, onAnswer, onNone }: Props) {
  const { t } = useTranslation("coach");
  const id = useId();
  return (
    <section aria-labelledby={id} className={styles.ask}>
      <p className={styles.kicker}>{t(blind ? "answer.noModel" : "answer.asked")}</p>
      <h2 id={id} className={styles.question}>
        {question.text}
      </h2>
      <div className={styles.choices}>
        {question.choices.map(({ value, label }) => (
          <button
            key={value}
            type="button"
            className={styles.choice}
            data-none={value === NONE}
            aria-disabled={pending}
            onClick={() => {
              if (pending) return;
              if (value === NONE) onNone();
              else onAnswer(value);
            }}
          >
            {isMaterial(value) && <MaterialMark material={value} size="2.75rem" />}
            <span className={styles.label}>{label}</span>
            <Icon name="forward" size="1.125rem" className={styles.arrow} />
          </button>
        ))}
      </div>
      <ReplyError error={error} />
    </section>
  );
}

function isMaterial(value: string): value is Material {
  return (materialValues as readonly string[]).includes(value);
}
