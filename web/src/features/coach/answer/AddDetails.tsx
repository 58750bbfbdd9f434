import { useId } from "react";
import { useTranslation } from "react-i18next";
import { materialValues } from "~/api/generated/schema";
import type { AnswerIn } from "~/api/types";
import { WordSearch } from "~/features/search/WordSearch";
import { useWords } from "~/ui/words";
import { Button } from "~/ui/Button";
import { MaterialMark } from "~/ui/MaterialMark";
import { ReplyError } from "./ReplyError";
import styles from "./answer.module.css";

type Props = Readonly<{
  pending: boolean;
  error: unknown;
  onDetails: (said: Pick<AnswerIn, "value"> | Pick<AnswerIn, "text">) => void;
  onBack: () => void;
}>;

const MATERIALS = materialValues.filter((material) => material !== "unknown" && material !== "other");

/** What it really is: in words, with suggestions, or by its material. */
export function AddDetails({ pending, error, onDetails, onBack }: Props) {
  const { t } = useTranslation("coach");
  const words = useWords();
  const id = useId();
  return (
    <section aria-labelledby={id} aria-busy={pending} className={styles.ask}>
      <h2 id={id} className={styles.question}>
        {t("details.title")}
      </h2>
      <WordSearch
        label={t("details.label")}
        showLabel
        focused
        onPick={({ item }) => {
          onDetails({ value: item });
        }}
        onWords={(text) => {
          onDetails({ text });
        }}
      />
      <ReplyError error={error} />
      <h3>{t("details.materials")}</h3>
      <ul className={styles.materials}>
        {MATERIALS.map((material) => {
          return (
            <li key={material}>
              <button
                type="button"
                className={styles.material}
                aria-disabled={pending}
                onClick={() => {
                  if (!pending) onDetails({ value: material });
                }}
              >
                <MaterialMark material={material} size="2.75rem" />
                {words.material(material)}
              </button>
            </li>
          );
        })}
      </ul>
      <Button variant="text" tone="inherit" onClick={onBack}>
        {t("details.back")}
      </Button>
    </section>
  );
}
