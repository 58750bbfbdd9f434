/** Sends photos to the platform, one after the other, and tells who waits for one how far it came. */
import { describe } from "~/api/describe";
import { Problem } from "~/api/problem";
import {
  removeFromQueue,
  onRemoved,
  phaseOf,
  queuedPhoto,
  queue,
  updateShown,
  toStored,
  update,
  type QueuedPhoto,
} from "./list";
import { isPassing, isStale, send, untilNext } from "./send";
import { currentPhoto } from "./store";

/** How far a photo came at the first try: its job once it has one, and no phase when it was removed meanwhile. */
export type Outcome = Readonly<{ jobId: string | null; phase: QueuedPhoto["phase"] | null }>;

const LOCK = "bunri.queue";
const MOST_STALE = 3;

const cancellations = new Map<string, AbortController>();
/** How often each photo could not be sent since the last success, or since the network came back. */
const failed = new Map<string, number>();
/** Why a delivery is aborted that begins again at once. */
const NETWORK_IS_BACK = "the network is back";
const waiters = new Map<string, (outcome: Outcome) => void>();

onRemoved((id, answered) => {
  if (!answered) cancellations.get(id)?.abort();
  failed.delete(id);
  resolveOutcome(id);
});

/** Resolves as soon as `resolveOutcome` is called for the photo. Promises made for it before resolve now. */
export function nextOutcome(id: string): Promise<Outcome> {
  resolveOutcome(id);
  return new Promise((resolve) => waiters.set(id, resolve));
}

/** Tells whoever waits for a photo how far it is. */
export function resolveOutcome(id: string, jobId: string | null = null): void {
  const photo = queuedPhoto(id);
  const known = photo?.phase === "sent" ? photo.jobId : null;
  waiters.get(id)?.({ jobId: jobId ?? known, phase: photo?.phase ?? null });
  waiters.delete(id);
}

/** The next photo that can be sent now. */
export function nextToSend(): QueuedPhoto | undefined {
  if (!navigator.onLine) return undefined;
  return queue().find(
    ({ phase, retryAt }) => phase === "waiting" && (retryAt === null || retryAt <= Date.now()),
  );
}

/**
 * The network is back: what waits for the next try is tried now, and what was on its way when the network went begins again,
 * since nothing may ever answer it. A pause that the platform asked for is kept.
 */
export function onNetworkBack(): void {
  failed.clear();
  for (const cancellation of cancellations.values()) cancellation.abort(NETWORK_IS_BACK);
  for (const { id, phase, retryAt, paused } of queue())
    if (phase === "waiting" && retryAt !== null && !paused) updateShown(id, { retryAt: null });
}

/** Sends what can be sent now; in one tab at a time. */
export async function deliverAll(): Promise<void> {
  if (!nextToSend()) return;
  await inOneTab(async () => {
    for (let next = nextToSend(); next; next = nextToSend()) await deliver(next);
  });
}

async function inOneTab(work: () => Promise<void>): Promise<void> {
  // The types promise locks everywhere; an insecure context has none.
  const locks = navigator.locks as LockManager | undefined;
  await (locks ? locks.request(LOCK, work) : work());
}

async function deliver(photo: QueuedPhoto, failures = 0): Promise<void> {
  const { id } = photo;
  // Another tab may have sent or removed it while this one waited for the lock.
  const kept = await currentPhoto(toStored(photo));
  if (!queuedPhoto(id)) return;
  if (!kept) {
    removeFromQueue(id);
    return;
  }
  if (kept.handedOver || kept.failure) {
    updateShown(id, { ...kept, phase: phaseOf(kept) });
    resolveOutcome(id);
    return;
  }
  const cancellation = new AbortController();
  cancellations.set(id, cancellation);
  updateShown(id, { ...kept, phase: "sending", uploaded: 0, retryAt: null, paused: false });
  try {
    await send(kept, {
      signal: cancellation.signal,
      onJob: async (jobId) => {
        const before = kept.jobId && kept.jobId !== jobId ? [kept.jobId] : [];
        await update(id, { jobId, earlier: [...kept.earlier, ...before] });
        resolveOutcome(id, jobId);
      },
      onProgress: (uploaded) => {
        updateShown(id, { uploaded });
      },
    });
    await update(id, { handedOver: true, failure: null }, { phase: "sent", uploaded: 1 });
    failed.delete(id);
  } catch (error) {
    if (cancellation.signal.reason === NETWORK_IS_BACK) {
      updateShown(id, { phase: "waiting", retryAt: null });
      return;
    }
    if (cancellation.signal.aborted) return;
    if (isStale(error) && failures < MOST_STALE) {
      await update(id, { attempt: kept.attempt + 1 });
      await deliver(photo, failures + 1);
      return;
    }
    await postpone(id, error);
  } finally {
    cancellations.delete(id);
  }
}

/** Tries again later after a failure that may pass; after any other the person decides. */
async function postpone(id: string, error: unknown): Promise<void> {
  if (isPassing(error)) {
    const failures = failed.get(id) ?? 0;
    failed.set(id, failures + 1);
    const paused = error.details.retryAfter !== undefined;
    updateShown(id, { phase: "waiting", retryAt: Date.now() + untilNext(error, failures), paused });
  } else {
    const code = error instanceof Problem ? error.code : "internal";
    await update(id, { failure: { code, sentence: describe(error).sentence } }, { phase: "failed" });
  }
  resolveOutcome(id);
}
