import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { DueCard, RatingName } from "~/api/types";
import { Button } from "~/ui/Button";
import { Markdown } from "~/ui/markdown/Markdown";
import { isRight, rightAnswers } from "./answer";
import { Choice } from "./Choice";
import { Change, Hard } from "./Notes";
import { Graded } from "./Graded";
import { mixed } from "./mixed";
import { Ratings } from "./Ratings";
import type { Run, RunState } from "./run";
import { Typing } from "./Typing";
import { useKeys } from "./useKeys";
import { usePictures } from "./usePictures";
import { useSwipe } from "./useSwipe";
import styles from "./review.module.css";

type Props = Readonly<{ run: Run; card: DueCard; graded: RunState["graded"] }>;

/** Answered: what the card's other side says, and what was said to it. */
type Answered = Readonly<{
  /** What was typed or chosen; null for a card that was only turned. */
  said: string | null;
  /** Whether that is right, as far as this device can tell. */
  right: boolean | null;
  /** The id of a review that the server may have. */
  unsure: string | null;
}>;

/** A card: asked first, then with its other side and four ratings. */
export function CardView({ run, card, graded }: Props) {
  const { t } = useTranslation("learn");
  const pictures = usePictures(card);
  const [answered, setAnswered] = useState<Answered | null>(null);
  const [checking, setChecking] = useState(false);
  const seconds = useSeconds();
  const back = useRef<HTMLDivElement>(null);
  const isOpen = answered !== null || graded !== null;
  const suggested: RatingName | null = graded
    ? graded.grade.by === "person"
      ? null
      : graded.grade.rating
    : answered?.right === false
      ? "again"
      : "good";

  useEffect(() => {
    if (isOpen) back.current?.focus({ preventScroll: true });
  }, [isOpen]);

  const turn = (said: string | null, right: boolean | null, unsure: string | null = null) => {
    setAnswered({ said, right, unsure });
  };
  const check = async (text: string) => {
    if (text.trim() === "") {
      turn(null, null);
      return;
    }
    setChecking(true);
    const left = await run.grade(text, seconds());
    setChecking(false);
    if (left) turn(text, card.kind === "recall" ? null : isRight(card, text), left.unsure);
  };
  const rate = (rating: RatingName) => {
    if (graded) run.overrule(rating);
    else if (answered) run.rate(rating, seconds(), answered.said, answered.unsure);
  };
  useKeys({
    turn: !isOpen && card.kind === "flip" ? () => turn(null, null) : null,
    rate: isOpen ? rate : null,
    suggested,
  });
  const swipe = useSwipe(isOpen ? rate : null);

  const [question, answer] = card.kind === "title" ? [card.back, card.front] : [card.front, card.back];
  return (
    <div className={styles.sitting}>
      <article className={styles.card} data-open={isOpen} {...swipe} aria-label={t("review.card")}>
        <div className={styles.question}>
          <Markdown text={question} pictures={pictures} noName={t("review.picture")} />
        </div>
        {isOpen && (
          <div
            ref={back}
            tabIndex={-1}
            className={styles.answer}
            role="group"
            aria-label={t("review.answer")}
          >
            {answered?.right !== null && answered?.right !== undefined && (
              <p className={styles.verdict} data-right={answered.right}>
                {t(answered.right ? "review.right" : "review.wrong")}
              </p>
            )}
            {answered?.said && card.kind !== "choice" && (
              <p className={styles.said}>{t("review.youSaid", { text: answered.said })}</p>
            )}
            {graded && <Graded grade={graded.grade} />}
            <Markdown text={answer} pictures={pictures} noName={t("review.picture")} />
            {card.kind !== "choice" && card.accepted.length > 0 && (
              <p className={styles.note}>
                {t("review.accepted", { answers: rightAnswers(card).slice(1).join(", ") })}
              </p>
            )}
            <Change card={card} />
            <Hard card={card} onSuspended={() => run.skip()} />
          </div>
        )}
      </article>
      {!isOpen && card.kind === "flip" && (
        <Button variant="contained" large aria-keyshortcuts="Space" onClick={() => turn(null, null)}>
          {t("review.turn")}
        </Button>
      )}
      {card.kind === "choice" && (
        <Choice
          choices={mixed(card.choices, card.id + card.lapses.toString())}
          right={card.back}
          chosen={answered?.said ?? null}
          open={isOpen}
          onChoose={(said) => turn(said, said === card.back)}
        />
      )}
      {!isOpen && card.kind !== "flip" && card.kind !== "choice" && (
        <Typing kind={card.kind} checking={checking} onAnswer={(text) => void check(text)} />
      )}
      {isOpen && (
        <Ratings preview={card.preview} suggested={suggested} graded={graded !== null} onRate={rate} />
      )}
    </div>
  );
}

/** How many seconds ago the card was shown. */
function useSeconds(): () => number {
  const since = useRef<number | null>(null);
  useEffect(() => {
    since.current = Date.now();
  }, []);
  return () => Math.round((Date.now() - (since.current ?? Date.now())) / 100) / 10;
}
