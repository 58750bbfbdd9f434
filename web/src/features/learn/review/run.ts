/** One sitting: asks card after card, writes down what was known, takes it back. Everything a page shows of it is `state()`. */
import { api, data } from "~/api/client";
import type { DueCard, RatingName } from "~/api/types";
import { flush, onDelivered } from "~/outbox/reviews/delivery";
import { entries } from "~/outbox/reviews/list";
import { addReview, overrule, resume, undo } from "~/outbox/reviews/queue";
import { uuidV7 } from "~/outbox/reviews/uuid";
import { fetchDue } from "../due";
import { millisecondsOf } from "../pauses";
import type { CardGraded, Grade } from "./grade";
import {
  EMPTY,
  isStep,
  nextCard,
  regraded,
  remaining,
  renewed,
  reviewed,
  undone,
  type Session,
} from "./session";

export type RunState = Readonly<{
  /** `asking` a card; `ended` when nothing is due now. */
  phase: "loading" | "asking" | "ended" | "failed";
  card: DueCard | null;
  /** Raised with each card that is asked, the same one again, too. */
  turn: number;
  /** Its review is written down already, as it was graded: the person looks at why. */
  graded: Readonly<{ grade: Grade; review: string }> | null;
  remaining: number;
  done: readonly Readonly<{ rating: RatingName }>[];
  /** When the server told what is due, ms since 1970; null for just now. */
  asOf: number | null;
  error: unknown;
}>;

/** How long a page waits for reviews to be sent before it asks what is due. */
const PATIENCE_MS = 3_000;

export class Run {
  private session: Session = EMPTY;
  private shown: RunState = {
    phase: "loading",
    card: null,
    turn: 0,
    graded: null,
    remaining: 0,
    done: [],
    asOf: null,
    error: null,
  };
  private readonly listeners = new Set<() => void>();
  /** Reviews that the person has rated otherwise than they were graded: nothing that comes later counts. */
  private readonly overruled = new Set<string>();
  private closed = new AbortController();
  private fetching = false;

  constructor(private readonly deck: string | null) {}

  readonly state = (): RunState => this.shown;

  /** Begins with the first who listens, and ends with the last. */
  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    if (this.listeners.size === 1) {
      this.closed = new AbortController();
      void this.fetch();
    }
    return () => {
      this.listeners.delete(listener);
      if (this.listeners.size === 0) this.closed.abort();
    };
  };

  readonly retry = (): void => {
    this.show({ phase: "loading", error: null });
    void this.fetch();
  };

  /** The person says how well the card was known; the next one comes. */
  rate(
    rating: RatingName,
    seconds: number,
    answer: string | null = null,
    unsure: string | null = null,
  ): void {
    const { card, graded } = this.shown;
    if (!card || graded) return;
    const review = addReview({ ...(unsure ? { id: unsure } : {}), card: card.id, rating, answer, seconds });
    // The server may have graded this answer, with nobody to hear it: the person's word counts.
    if (unsure) void overrule(unsure, card.id, rating);
    this.session = reviewed(this.session, { review, card, rating }, Date.now());
    this.advance();
  }

  /**
   * Has the server grade what was typed. Null when it has not: then the person does, and gives the id with their rating, as the
   * server may know it.
   */
  async grade(answer: string, seconds: number): Promise<Readonly<{ unsure: string }> | null> {
    const { card, turn } = this.shown;
    if (!card) return null;
    const id = uuidV7();
    try {
      if (!navigator.onLine) return { unsure: id };
      if (entries().length > 0) await flush();
      const body = { id, answer, seconds: Math.min(seconds, 3600), reviewed_at: new Date().toISOString() };
      const said = await data(
        api.POST("/api/v1/learning/cards/{card_id}/reviews", {
          params: { path: { card_id: card.id } },
          body,
        }),
      );
      const { grade } = said;
      if (!grade || this.shown.turn !== turn) return { unsure: id };
      const done = { review: id, card, rating: grade.rating };
      this.session = reviewed(this.session, done, Date.now());
      this.show({ graded: { grade, review: id }, done: this.session.done });
      return null;
    } catch {
      return { unsure: id };
    }
  }

  /** The person knows better than what has graded; the next card comes. */
  overrule(rating: RatingName): void {
    const { card, graded } = this.shown;
    if (!card || !graded) return;
    if (rating !== graded.grade.rating) {
      this.overruled.add(graded.review);
      void overrule(graded.review, card.id, rating);
      this.session = reviewed(undone(this.session), { review: graded.review, card, rating }, Date.now());
    }
    this.advance();
  }

  /**
   * A language model has looked at an answer of this sitting, or could not. Gives the card where the person is at another one
   * meanwhile, and should hear that its rating is another one now.
   */
  heard({ review_id, grade, model_answered, due_at }: CardGraded): DueCard | null {
    const done = this.session.done.find(({ review }) => review === review_id);
    if (!done || this.overruled.has(review_id)) return null;
    if (model_answered)
      this.session = regraded(
        this.session,
        review_id,
        grade.rating,
        due_at === null ? null : Date.parse(due_at),
      );
    const isShown = this.shown.graded?.review === review_id;
    this.show({
      done: this.session.done,
      remaining: remaining(this.session),
      ...(isShown && { graded: { grade, review: review_id } }),
    });
    return model_answered && !isShown && grade.rating !== done.rating ? done.card : null;
  }

  /** The same as `overrule` for a review that the person is done with. */
  overruleLater(review: string, rating: RatingName): void {
    const done = this.session.done.find((one) => one.review === review);
    if (!done) return;
    this.overruled.add(review);
    void overrule(review, done.card.id, rating);
    const pause = done.card.preview[rating];
    const at = isStep(pause) ? Date.now() + millisecondsOf(pause) : null;
    this.session = regraded(this.session, review, rating, at);
    this.show({ done: this.session.done, remaining: remaining(this.session) });
  }

  /** Takes the last review back: its card is asked again. False when there is none. */
  undo(): boolean {
    const last = this.session.done.at(-1);
    if (!last) return false;
    void undo(last.review, last.card.id);
    this.session = undone(this.session);
    this.ask(last.card);
    return true;
  }

  /** The card is asked no more, for now or for ever. */
  skip(): void {
    const { card } = this.shown;
    if (!card) return;
    const { queue, later, done } = this.session;
    this.session = {
      queue: queue.filter(({ id }) => id !== card.id),
      later: later.filter((one) => one.card.id !== card.id),
      done,
    };
    this.advance();
  }

  private advance(): void {
    const { later, queue } = this.session;
    const stepIsDue = later[0] !== undefined && later[0].at <= Date.now();
    // What a step asks next is the server's to say, and so is what is due when nothing is left.
    if ((queue.length === 0 || stepIsDue) && navigator.onLine) {
      this.show({ phase: queue.length === 0 ? "loading" : "asking" });
      void this.fetch();
      if (queue.length === 0) return;
    }
    this.ask(nextCard(this.session, Date.now()));
  }

  private ask(card: DueCard | null): void {
    this.show({
      phase: card ? "asking" : "ended",
      card,
      turn: this.shown.turn + 1,
      graded: null,
      remaining: remaining(this.session),
      done: this.session.done,
    });
  }

  private async fetch(): Promise<void> {
    if (this.fetching) return;
    this.fetching = true;
    try {
      await Promise.race([resume(), new Promise((resolve) => setTimeout(resolve, PATIENCE_MS))]);
      const [known, waiting] = [this.session.done.length, entries()];
      const { value, asOf } = await fetchDue(this.closed.signal, this.deck);
      const meanwhile = this.session.done.slice(known).map(({ card }) => card.id);
      const unsent = [...waiting, ...entries()].flatMap((entry) =>
        entry.kind === "review" ? [entry.card] : [],
      );
      this.session = renewed(this.session, value.cards, new Set([...meanwhile, ...unsent]));
      this.show({ asOf, remaining: remaining(this.session) });
      if (this.shown.phase !== "asking") this.ask(nextCard(this.session, Date.now()));
      else this.putFirst();
    } catch (error) {
      if (this.closed.signal.aborted) return;
      if (this.shown.phase === "asking") return; // what is known goes on
      const next = nextCard(this.session, Date.now());
      if (next) this.ask(next);
      else this.show({ phase: this.session.done.length > 0 ? "ended" : "failed", error });
    } finally {
      this.fetching = false;
    }
  }

  /** The card that somebody is looking at stays the next. */
  private putFirst(): void {
    const { card, graded } = this.shown;
    if (!card || graded) return;
    const known = this.session.queue.find(({ id }) => id === card.id) ?? card;
    this.session = {
      ...this.session,
      queue: [known, ...this.session.queue.filter(({ id }) => id !== card.id)],
    };
  }

  private show(news: Partial<RunState>): void {
    this.shown = { ...this.shown, ...news };
    for (const listener of this.listeners) listener();
  }
}

/** Calls `listener` with how many reviews of cards could not be kept, because the cards are gone. */
export function onCardsGone(listener: (count: number) => void): () => void {
  return onDelivered((refused) => {
    const gone = refused.filter(({ entry }) => entry.kind === "review").length;
    if (gone > 0) listener(gone);
  });
}
