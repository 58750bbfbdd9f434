/** Compares what somebody has typed with a card, where no server does it. */
import type { DueCard } from "~/api/types";

/** What a card wants to be answered, and whatever else is right. */
export function rightAnswers({ kind, front, back, accepted }: DueCard): readonly string[] {
  return [kind === "title" ? front : back, ...accepted];
}

/** Whether `typed` is one of the answers, but for spacing, case, marks and how letters are put together. */
export function isRight(card: DueCard, typed: string): boolean {
  const said = bare(typed);
  return said !== "" && rightAnswers(card).some((answer) => bare(answer) === said);
}

function bare(text: string): string {
  return text
    .normalize("NFKC")
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, "");
}
