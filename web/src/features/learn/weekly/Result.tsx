import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { describe } from "~/api/describe";
import type { Material, WeeklyTest, WeeklyTestResult } from "~/api/types";
import { useFormat } from "~/i18n/format";
import { Icon } from "~/icons/Icon";
import { Button } from "~/ui/Button";
import { toPlain } from "~/ui/markdown/toHtml";
import { Section } from "~/ui/Section";
import { useWords } from "~/ui/words";
import { ProgressBar } from "../ProgressBar";
import { completeTest } from "./server";
import styles from "./weekly.module.css";

type Props = Readonly<{ test: WeeklyTest; result: WeeklyTestResult }>;

/** What was known, by material, and the cards to look at again. */
export function Result({ test, result }: Props) {
  const { t } = useTranslation("weekly");
  const { number, percent } = useFormat();
  const words = useWords();
  return (
    <>
      <section className={styles.result}>
        <span className={styles.disc}>
          <Icon name="check" size="2.5rem" />
        </span>
        <h2>{t("rightOf", { right: number(result.right), questions: number(result.questions) })}</h2>
        <p>{t(result.right === result.questions ? "allRight" : "someWrong")}</p>
        {test.made_by === "model" && <p className={styles.note}>{t("byModel")}</p>}
      </section>
      {result.look_at.length > 0 && <LookAt test={test} result={result} />}
      <Section title={t("byMaterial")}>
        <ul className={styles.materials}>
          {result.by_material.map(({ material, right, questions }) => {
            const name = material ? words.material(material as Material) : t("others");
            const label = `${name} ${percent(right / questions)}`;
            return (
              <li key={material ?? ""}>
                <span>{name}</span>
                <span>{t("rightOf", { right: number(right), questions: number(questions) })}</span>
                <ProgressBar label={label} value={right} max={questions} />
              </li>
            );
          })}
        </ul>
      </Section>
    </>
  );
}

/** The cards of what was wrong, and the offer to ask them again. */
function LookAt({ test, result }: Props) {
  const { t } = useTranslation("weekly");
  const queries = useQueryClient();
  const repeat = useMutation({
    mutationFn: () => completeTest(test.id, true),
    onSuccess: (done) => {
      queries.setQueryData(["learn", "tests", test.id], done);
      void queries.invalidateQueries({ queryKey: ["learn", "due"] });
      void queries.invalidateQueries({ queryKey: ["learn", "stats"] });
    },
  });
  return (
    <Section title={t("lookAt")} note={t("lookAtNote")}>
      <ul className={styles.cards}>
        {result.look_at.map((card) => (
          <li key={card.id}>
            <Link to={`/learn/cards/${card.id}`}>
              <strong>{toPlain(card.front) || t("picture")}</strong>
              <span>{toPlain(card.back)}</span>
            </Link>
          </li>
        ))}
      </ul>
      {repeat.isError && (
        <p className={styles.refused} role="alert">
          {describe(repeat.error).sentence}
        </p>
      )}
      {result.repeated > 0 ? (
        <div className={styles.actions}>
          <p role="status">{t("repeated", { count: result.repeated })}</p>
          <Button variant="contained" to="/learn/review">
            {t("review")}
          </Button>
        </div>
      ) : (
        <div>
          <Button
            variant="contained"
            icon="retry"
            busy={repeat.isPending}
            onClick={() => {
              repeat.mutate();
            }}
          >
            {t("repeat")}
          </Button>
        </div>
      )}
    </Section>
  );
}
