import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { Icon } from "~/icons/Icon";
import styles from "./review.module.css";

type Props = Readonly<{
  choices: readonly string[];
  /** What is shown of a choice; the choice itself where it is left out. */
  label?: (choice: string) => string;
  /** The right one; null as long as nobody knows. */
  right: string | null;
  chosen: string | null;
  /** It was answered. */
  open: boolean;
  onChoose: (choice: string) => void;
}>;

/** One of a few answers, by a press or its number. */
export function Choice({ choices, label, right: answer, chosen, open, onChoose }: Props) {
  const { t } = useTranslation("learn");
  useEffect(() => {
    if (open) return;
    const press = (event: KeyboardEvent) => {
      const choice = choices[Number(event.key) - 1];
      if (choice === undefined || event.repeat || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      event.stopImmediatePropagation(); // the same number is a rating from now on
      onChoose(choice);
    };
    document.addEventListener("keydown", press, true);
    return () => {
      document.removeEventListener("keydown", press, true);
    };
  });
  return (
    <ul className={styles.choices} aria-label={t("review.choices")}>
      {choices.map((choice) => {
        const right = open && choice === answer;
        const wrong = open && choice === chosen && !right;
        return (
          <li key={choice}>
            <button
              type="button"
              disabled={open}
              data-right={right || undefined}
              data-wrong={wrong || undefined}
              onClick={() => {
                onChoose(choice);
              }}
            >
              {label ? label(choice) : choice}
              {right && <Icon name="check" size="1.25rem" label={t("review.rightOne")} />}
              {wrong && <Icon name="close" size="1.25rem" label={t("review.chosen")} />}
            </button>
          </li>
        );
      })}
    </ul>
  );
}
