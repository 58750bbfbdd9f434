/** What is due, of the server or of this device. */
import { useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { api, data } from "~/api/client";
import type { DueCards } from "~/api/types";
import { ASKED_AGAIN, orKnown, type Known } from "~/features/advice/stored/orStored";
import { onDelivered } from "~/outbox/reviews/delivery";
import { MOST_CARDS, storeDue, storedDue } from "~/outbox/reviews/due";
import { entries, useEntries } from "~/outbox/reviews/list";
import { countsNow, total } from "./review/session";
import { learns, showDue } from "./badge/badge";

/** What is due now in all decks, or in one; what was last known where nobody answers. Keeps it for times without a network. */
export function fetchDue(signal: AbortSignal, deck: string | null): Promise<Known<DueCards>> {
  const query = { limit: MOST_CARDS, ...(deck ? { deck_id: deck } : {}) };
  return orKnown(
    signal,
    async (within) => {
      const due = await data(api.GET("/api/v1/learning/due", { params: { query }, signal: within }));
      if (!deck) {
        learns();
        void storeDue(due, Date.now());
        showDue(total(countsNow(due, entries())));
      }
      return due;
    },
    async () => {
      const stored = await storedDue();
      return stored && { value: deck ? of(deck, stored.due) : stored.due, asOf: stored.asOf };
    },
  );
}

/** What is due in all decks; asked anew when reviews have arrived. */
export function useDue() {
  const waiting = useEntries();
  const query = useQuery({
    queryKey: ["learn", "due"],
    queryFn: ({ signal }) => fetchDue(signal, null),
    ...ASKED_AGAIN,
    staleTime: 0,
  });
  const { refetch } = query;
  useEffect(() => onDelivered(() => void refetch()), [refetch]);
  const due = query.data?.value;
  return { query, due, asOf: query.data?.asOf ?? null, counts: due && countsNow(due, waiting) };
}

/** The part of a list that belongs to one deck. */
function of(deck: string, due: DueCards): DueCards {
  const cards = due.cards.filter(({ deck_id }) => deck_id === deck);
  const count = (...parts: string[]) => cards.filter(({ part }) => parts.includes(part)).length;
  return {
    ...due,
    cards,
    counts: { new: count("new"), learning: count("step", "soon"), review: count("due") },
  };
}
