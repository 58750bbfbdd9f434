import { useEffect, useState, useSyncExternalStore } from "react";
import { useTranslation } from "react-i18next";
import { useSearchParams } from "react-router";
import type { CardKind } from "~/api/types";
import { announce } from "~/ui/announce";
import { Button, IconButton } from "~/ui/Button";
import { ErrorMessage } from "~/ui/ErrorMessage";
import { FromDevice } from "~/ui/FromDevice";
import { Skeleton } from "~/ui/Loading";
import { Page } from "~/ui/Page";
import { toast } from "~/ui/toast";
import { Unsent } from "../today/TodayPage";
import { CardView } from "./CardView";
import { End } from "./End";
import { onCardsGone, Run } from "./run";
import { useGraded } from "./useGraded";
import styles from "./review.module.css";

/** Cards whose answer is written, and graded by the server. */
const WRITTEN: ReadonlySet<CardKind> = new Set(["typed", "title", "recall"]);

/** Card after card, until nothing is due. */
export default function ReviewPage() {
  const [search] = useSearchParams();
  const deck = search.get("deck");
  return <Sitting key={deck} deck={deck} />;
}

function Sitting({ deck }: Readonly<{ deck: string | null }>) {
  const { t } = useTranslation("learn");
  const [run] = useState(() => new Run(deck));
  const state = useSyncExternalStore(run.subscribe, run.state);
  useEffect(() => onCardsGone((count) => toast({ text: t("review.cardsGone", { count }) })), [t]);
  useGraded(run, useOnce(state.card !== null && WRITTEN.has(state.card.kind)));
  const undo = () => {
    if (run.undo()) announce(t("review.undone"));
  };
  useUndoKey(undo);
  return (
    <Page title={t("review.title")} hideTitle>
      <div className={styles.bar}>
        <Button to="/learn" icon="back" tone="inherit">
          {t("review.leave")}
        </Button>
        {state.phase === "asking" && <p>{t("review.remaining", { count: state.remaining })}</p>}
        <IconButton
          label={t("review.undo")}
          icon="undo"
          onClick={undo}
          disabled={state.done.length === 0}
          aria-keyshortcuts="u"
        />
      </div>
      <FromDevice asOf={state.asOf} />
      {state.phase === "loading" && <Skeleton height="18rem" />}
      {state.phase === "failed" && <ErrorMessage error={state.error} onRetry={run.retry} />}
      {state.phase === "asking" && state.card && (
        <CardView key={state.turn} run={run} card={state.card} graded={state.graded} />
      )}
      {state.phase === "ended" && <End done={state.done} />}
      <Unsent />
    </Page>
  );
}

/** True from the first time on that `condition` was. */
function useOnce(condition: boolean): boolean {
  const [was, setWas] = useState(condition);
  if (condition && !was) setWas(true);
  return was || condition;
}

function useUndoKey(undo: () => void): void {
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (
        event.key.toLowerCase() !== "u" ||
        isTyping(event) ||
        event.ctrlKey ||
        event.metaKey ||
        event.altKey
      )
        return;
      event.preventDefault();
      undo();
    };
    document.addEventListener("keydown", press);
    return () => {
      document.removeEventListener("keydown", press);
    };
  });
}

/** Whether a key belongs to a field, or to letters that are being composed. */
function isTyping({ target, isComposing }: KeyboardEvent): boolean {
  return (
    isComposing || (target instanceof HTMLElement && target.matches("input, textarea, select, dialog *"))
  );
}
