/** Sends what waits in the order in which it happened, and sets a timer for what has to be tried later. */
import { api, data } from "~/api/client";
import { Problem } from "~/api/problem";
import { probeDelay } from "~/api/query";
import { dropEntries, entries, refresh, updateShown } from "./list";
import { markTried, type Entry, type StoredOverrule, type StoredReview, type StoredUndo } from "./store";

const LOCK = "bunri.reviews";
/** Of one request: a page that is closed meanwhile has not much to send again. */
const MOST_TOGETHER = 100;

/** What the server would not take, and why: `card_missing`, `not_the_newest_review`, … */
type Refusal = Readonly<{ entry: Entry; code: string }>;

const deliveredListeners = new Set<(refused: readonly Refusal[]) => void>();
let running: Promise<void> | null = null;
let timer: ReturnType<typeof setTimeout> | undefined;
/** How often nothing could be sent since the network came back, and when it is tried again, ms since 1970. */
let failures = 0;
let retryAt: number | null = null;
/** How many want to change what waits, once nothing is being sent. */
let changing = 0;

/** Calls `listener` when something has reached the server, with what it would not take; gives what ends that. */
export function onDelivered(listener: (refused: readonly Refusal[]) => void): () => void {
  deliveredListeners.add(listener);
  return () => deliveredListeners.delete(listener);
}

/** Sends all that waits; in one tab at a time. Resolves when nothing is left that could be sent now. */
export function flush(): Promise<void> {
  running ??= inOneTab(round).finally(() => {
    running = null;
    schedule();
  });
  return running.then(() => (maySend() ? flush() : undefined));
}

/** The network is back: nothing waits for its next try any longer. */
export function forgetPauses(): void {
  failures = 0;
  retryAt = null;
}

function maySend(): boolean {
  return navigator.onLine && entries().length > 0 && (retryAt === null || retryAt <= Date.now());
}

async function round(): Promise<void> {
  clearTimeout(timer);
  if (!maySend()) return;
  await refresh(); // another tab may have sent some while this one waited for the lock
  while (changing === 0 && maySend()) {
    const [first] = entries();
    if (!first) return;
    try {
      await (first.kind === "review" ? sendReviews(together()) : sendChange(first));
      forgetPauses();
    } catch (error) {
      retryAt = Date.now() + Math.max(250, probeDelay(failures++, error));
    }
  }
}

/** Runs `work`, which changes what waits, while nothing is being sent: what is, may arrive or not. Nothing is sent before it. */
export async function betweenSends(work: () => Promise<void>): Promise<void> {
  changing += 1;
  try {
    await inOneTab(work);
  } finally {
    changing -= 1;
  }
}

/** Runs `work` while no other tab sends. */
async function inOneTab(work: () => Promise<void>): Promise<void> {
  // The types promise locks everywhere; an insecure context has none.
  const locks = navigator.locks as LockManager | undefined;
  await (locks ? locks.request(LOCK, work) : work());
}

/** The reviews up to the next thing that is none. */
function together(): readonly StoredReview[] {
  const others = entries().findIndex(({ kind }) => kind !== "review");
  const first = others < 0 ? entries() : entries().slice(0, others);
  return first.filter((entry) => entry.kind === "review").slice(0, MOST_TOGETHER);
}

async function sendReviews(reviews: readonly StoredReview[]): Promise<void> {
  const now = await markAll(reviews);
  if (now.length === 0) return;
  try {
    const body = { reviews: now.map(reviewOf) };
    const { results } = await data(api.POST("/api/v1/learning/reviews/batch", { body }));
    const codes = new Map(results.map(({ id, status }) => [id, status]));
    const refused = now.flatMap((entry) => {
      const code = codes.get(entry.id) ?? "kept";
      return code === "kept" || code === "known" ? [] : [{ entry, code }];
    });
    await arrived(now, refused);
  } catch (error) {
    if (isPassing(error)) throw error;
    // One that the server cannot read must not keep the others: each is sent by itself.
    const [only, ...others] = now;
    if (only && others.length === 0) await arrived(now, [{ entry: only, code: codeOf(error) }]);
    else for (const one of now) await sendReviews([one]);
  }
}

async function sendChange(entry: StoredOverrule | StoredUndo): Promise<void> {
  const [now] = await markAll([entry]);
  if (!now) return;
  const params = { path: { review_id: entry.review } };
  const at = "/api/v1/learning/reviews/{review_id}";
  try {
    if (entry.kind === "undo") await data(api.DELETE(at, { params }));
    else await data(api.PATCH(at, { params, body: { rating: entry.rating } }));
    await arrived([entry], []);
  } catch (error) {
    if (isPassing(error)) throw error;
    const code = codeOf(error);
    // Taking back what never arrived is done.
    await arrived([entry], entry.kind === "undo" && code === "review_missing" ? [] : [{ entry, code }]);
  }
}

/** Writes down that these are being sent, and leaves out what is gone meanwhile. */
async function markAll<E extends Entry>(some: readonly E[]): Promise<readonly E[]> {
  const here: E[] = [];
  for (const entry of some) {
    if (await markTried(entry)) {
      here.push(entry);
      updateShown(entry.id, { tried: true });
    } else await dropEntries([entry.id]);
  }
  return here;
}

async function arrived(some: readonly Entry[], refused: readonly Refusal[]): Promise<void> {
  await dropEntries(some.map(({ id }) => id));
  for (const listener of deliveredListeners) listener(refused);
}

function reviewOf({ id, card, rating, answer, seconds, at }: StoredReview) {
  const reviewed_at = new Date(at).toISOString();
  return { id, card_id: card, rating, seconds, reviewed_at, ...(answer === null ? {} : { answer }) };
}

/** Whether the same may succeed a little later, without anybody doing anything. */
function isPassing(error: unknown): boolean {
  if (!(error instanceof Problem)) return false;
  const { status, code } = error.details;
  return (
    error.passing || status >= 500 || status === 408 || status === 425 || status === 401 || code === "network"
  );
}

function codeOf(error: unknown): string {
  return error instanceof Problem ? error.code : "internal";
}

function schedule(): void {
  clearTimeout(timer);
  if (retryAt === null || entries().length === 0) return;
  timer = setTimeout(() => void flush(), Math.max(250, retryAt - Date.now()));
}
