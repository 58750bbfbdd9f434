import { useState, type SubmitEvent } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "~/ui/Button";
import styles from "./review.module.css";

type TypingProps = Readonly<{
  kind: "typed" | "title" | "recall";
  checking: boolean;
  /** With nothing for who does not know. */
  onAnswer: (text: string) => void;
}>;

const MOST_LETTERS = 500;

/** An answer in words. */
export function Typing({ kind, checking, onAnswer }: TypingProps) {
  const { t } = useTranslation("learn");
  const [text, setText] = useState("");
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (!checking && text.trim()) onAnswer(text);
  };
  const field = {
    value: text,
    maxLength: MOST_LETTERS,
    autoComplete: "off",
    // Typing is all that is to be done here.

    autoFocus: true,
    onChange: (event: { target: { value: string } }) => {
      setText(event.target.value);
    },
  };
  return (
    <form className={styles.typing} onSubmit={submit}>
      <label className={styles.field}>
        {t(`review.type.${kind}`)}
        {kind === "recall" ? <textarea rows={4} {...field} /> : <input {...field} />}
      </label>
      <div className={styles.actions}>
        <Button type="submit" variant="contained" busy={checking}>
          {t(checking ? "review.checking" : "review.check")}
        </Button>
        <Button
          onClick={() => {
            onAnswer("");
          }}
        >
          {t("review.dontKnow")}
        </Button>
      </div>
    </form>
  );
}
