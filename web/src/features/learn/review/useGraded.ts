import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import type { DueCard } from "~/api/types";
import { tabConnection } from "~/realtime/socket";
import { toPlain } from "~/ui/markdown/toHtml";
import { toast } from "~/ui/toast";
import { isCardGraded } from "./grade";
import type { Run } from "./run";

const LONGEST_NAME = 40;

/**
 * Hears how a language model has graded, from the first card on whose answer is written: the socket is open before there is
 * something to hear. What is missed without one changes nothing here; the server says with the next list when a card is due.
 */
export function useGraded(run: Run, isWritten: boolean): void {
  const { t } = useTranslation("learn");
  useEffect(() => {
    if (!isWritten) return;
    const subscription = tabConnection.subscribe({ onConnect: nothing, onDisconnect: nothing });
    subscription.on("cardGraded", (document) => {
      if (!isCardGraded(document)) return;
      const { review_id, grade } = document;
      const card = run.heard(document);
      if (!card) return;
      const known = grade.rating !== "again";
      toast({
        text: t(known ? "grade.laterKnown" : "grade.laterForgotten", { card: nameOf(card) }),
        action: {
          label: t(known ? "grade.notKnown" : "grade.known"),
          run: () => {
            run.overruleLater(review_id, known ? "again" : "good");
          },
        },
      });
    });
    return () => {
      subscription.end();
    };
  }, [run, isWritten, t]);
}

function nameOf({ kind, front, back }: DueCard): string {
  return toPlain(kind === "title" ? back : front).slice(0, LONGEST_NAME);
}

const nothing = () => undefined;
