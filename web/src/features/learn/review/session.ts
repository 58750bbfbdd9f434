/** Which card comes next while somebody reviews: what the server said was due, and what has happened since. */
import type { DueCard, DueCards, DueCounts, RatingName } from "~/api/types";
import type { Entry } from "~/outbox/reviews/store";
import { millisecondsOf } from "../pauses";

type Done = Readonly<{ review: string; card: DueCard; rating: RatingName }>;

export type Session = Readonly<{
  /** In the order of the server. */
  queue: readonly DueCard[];
  /** Cards in steps of minutes, and when each is asked again, ms since 1970; the soonest first. */
  later: readonly Readonly<{ card: DueCard; at: number }>[];
  /** What was reviewed, the oldest first. */
  done: readonly Done[];
}>;

export const EMPTY: Session = { queue: [], later: [], done: [] };

/** The card that is to be asked now: a step whose time has come, then the queue, then the next step before its time. */
export function nextCard({ queue, later }: Session, now: number): DueCard | null {
  const [step] = later;
  if (step && step.at <= now) return step.card;
  return queue[0] ?? step?.card ?? null;
}

/** How many are still to be asked. */
export function remaining({ queue, later }: Session): number {
  return queue.length + later.length;
}

/** After a review of `card`, which is asked again in this session where its rating begins a step of minutes. */
export function reviewed(session: Session, done: Done, now: number): Session {
  const without = withoutCard(session, done.card.id);
  const pause = done.card.preview[done.rating];
  const steps = isStep(pause) ? [{ card: done.card, at: now + millisecondsOf(pause) }] : [];
  return {
    queue: without.queue,
    later: [...without.later, ...steps].sort((a, b) => a.at - b.at),
    done: [...session.done, done],
  };
}

/** Before the last review: its card is the next. */
export function undone(session: Session): Session {
  const last = session.done.at(-1);
  if (!last) return session;
  const without = withoutCard(session, last.card.id);
  return { ...without, queue: [last.card, ...without.queue], done: session.done.slice(0, -1) };
}

/**
 * After the server has graded a review otherwise. `at`: when its card comes back in a step of minutes, ms since 1970; null for
 * days. A card that was reviewed again since keeps its place.
 */
export function regraded(session: Session, review: string, rating: RatingName, at: number | null): Session {
  const graded = session.done.find((one) => one.review === review);
  if (!graded) return session;
  const done = session.done.map((one) => (one === graded ? { ...one, rating } : one));
  if (session.done.findLast(({ card }) => card.id === graded.card.id) !== graded) return { ...session, done };
  const { queue, later } = withoutCard(session, graded.card.id);
  const steps = at === null ? [] : [{ card: graded.card, at }];
  return { queue, later: [...later, ...steps].sort((a, b) => a.at - b.at), done };
}

/** With what the server says is due now; `unknown` are the cards with reviews that it did not know then. */
export function renewed(session: Session, cards: readonly DueCard[], unknown: ReadonlySet<string>): Session {
  return {
    queue: cards.filter(({ id }) => !unknown.has(id)),
    later: session.later.filter(({ card }) => unknown.has(card.id)),
    done: session.done,
  };
}

/** The counts of a list, without what was reviewed since the server made it. */
export function countsNow({ cards, counts }: DueCards, waiting: readonly Entry[]): DueCounts {
  const now = { ...counts };
  const ratings = unsentCards(waiting);
  for (const card of cards) {
    const rating = ratings.get(card.id);
    if (!rating) continue;
    const part = card.part === "new" ? "new" : card.part === "due" ? "review" : "learning";
    now[part] = Math.max(0, now[part] - 1);
    if (isStep(card.preview[rating])) now.learning += 1;
  }
  return now;
}

/** How many cards counts are of. */
export function total({ new: fresh, learning, review }: DueCounts): number {
  return fresh + learning + review;
}

/** The cards whose last review the server does not know, and how that was rated. */
function unsentCards(waiting: readonly Entry[]): ReadonlyMap<string, RatingName> {
  return new Map(waiting.flatMap((entry) => (entry.kind === "review" ? [[entry.card, entry.rating]] : [])));
}

function withoutCard({ queue, later, done }: Session, id: string): Session {
  return {
    queue: queue.filter((card) => card.id !== id),
    later: later.filter(({ card }) => card.id !== id),
    done,
  };
}

/** Whether a pause is one of minutes, within the same sitting. */
export function isStep(pause: string): boolean {
  return pause.startsWith("PT");
}
