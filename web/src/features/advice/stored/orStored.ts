import { Problem } from "~/api/problem";
import { storedItems, type StoredItems } from "./items";

/** An answer of the server, or of what is stored on this device. */
export type Known<T> = Readonly<{
  value: T;
  /** When what is stored was the server's, ms since 1970; null for an answer of the server. */
  asOf: number | null;
}>;

/** Milliseconds after which a server that does not answer is not waited for where this device knows the answer. */
const PATIENCE_MS = 3_000;
/** Statuses with which a proxy, or the platform itself, says that nobody answers just now. */
const AWAY: ReadonlySet<number> = new Set([502, 503, 504]);

/** As `orKnown`, with `answer` of the items of the rule table that are stored. */
export function orStored<T>(
  outer: AbortSignal,
  ask: (signal: AbortSignal) => Promise<T>,
  answer: (stored: StoredItems) => T | null,
): Promise<Known<T>> {
  return orKnown(outer, ask, async () => {
    const stored = await storedItems();
    const value = stored && answer(stored);
    return value && { value, asOf: stored.asOf };
  });
}

/**
 * What `ask` gives, or `answer` of this device when the server cannot be reached. Throws the failure of `ask` for any other, and
 * where `answer` gives null.
 */
export async function orKnown<T>(
  outer: AbortSignal,
  ask: (signal: AbortSignal) => Promise<T>,
  answer: () => Promise<Known<T> | null>,
): Promise<Known<T>> {
  const patience = new AbortController();
  const timer = setTimeout(() => void answer().then((known) => known && patience.abort()), PATIENCE_MS);
  try {
    return { value: await ask(AbortSignal.any([outer, patience.signal])), asOf: null };
  } catch (error) {
    if (outer.aborted || !(patience.signal.aborted || isAway(error))) throw error;
    const known = await answer();
    if (!known) throw error instanceof Problem ? error : Problem.network();
    return known;
  } finally {
    clearTimeout(timer);
  }
}

function isAway(error: unknown): boolean {
  return error instanceof Problem && (error.code === "network" || AWAY.has(error.details.status));
}

const FRESH_MS = 10 * 60_000;
const AGAIN_MS = 10_000;

type Query = Readonly<{ state: { data?: Known<unknown> | undefined } }>;

/** Whether the last answer came from this device. */
export function isStored({ state }: Query): boolean {
  return (state.data?.asOf ?? null) !== null;
}

/** How a query asks again for what came from this device: as soon as the network is back, and from time to time. */
export const ASKED_AGAIN = {
  staleTime: (query: Query) => (isStored(query) ? 0 : FRESH_MS),
  refetchInterval: (query: Query) => (isStored(query) ? AGAIN_MS : false),
} as const;
