/** Brings photos to the platform, one after the other, and tells whoever waits for one how far it came. */
import { describe } from "~/api/describe";
import { Problem } from "~/api/problem";
import { discard, onLeave, phaseOf, photoOf, queue, show, stored, update, type QueuedPhoto } from "./list";
import { isPassing, isStale, send, untilNext } from "./send";
import { currentPhoto } from "./store";

/** How far a photo came at the first try: its job once it has one, and no phase when it was dropped meanwhile. */
export type Outcome = Readonly<{ jobId: string | null; phase: QueuedPhoto["phase"] | null }>;

const LOCK = "bunri.queue";
const MOST_STALE = 3;

const cancellations = new Map<string, AbortController>();
const waiters = new Map<string, (outcome: Outcome) => void>();

onLeave((id, answered) => {
  if (!answered) cancellations.get(id)?.abort();
  tell(id);
});

/** Resolves as soon as `tell` is called for the photo. Whoever waited for it before is told now. */
export function outcomeOf(id: string): Promise<Outcome> {
  tell(id);
  return new Promise((resolve) => waiters.set(id, resolve));
}

/** Tells whoever waits for a photo how far it is. */
export function tell(id: string, jobId: string | null = null): void {
  const photo = photoOf(id);
  const known = photo?.phase === "sent" ? photo.jobId : null;
  waiters.get(id)?.({ jobId: jobId ?? known, phase: photo?.phase ?? null });
  waiters.delete(id);
}

/** The next photo that can be sent now. */
export function ready(): QueuedPhoto | undefined {
  if (!navigator.onLine) return undefined;
  return queue().find(({ phase, again }) => phase === "waiting" && (again === null || again <= Date.now()));
}

/** Sends what can be sent now; in one tab at a time. */
export async function deliverAll(): Promise<void> {
  if (!ready()) return;
  await alone(async () => {
    for (let next = ready(); next; next = ready()) await deliver(next);
  });
}

async function alone(work: () => Promise<void>): Promise<void> {
  // The types promise locks everywhere; an insecure context has none.
  const locks = navigator.locks as LockManager | undefined;
  await (locks ? locks.request(LOCK, work) : work());
}

async function deliver(photo: QueuedPhoto, failures = 0): Promise<void> {
  const { id } = photo;
  // Another tab may have sent or dropped it while we waited for our turn.
  const kept = await currentPhoto(stored(photo));
  if (!photoOf(id)) return;
  if (!kept) {
    discard(id);
    return;
  }
  if (kept.handedOver || kept.failure) {
    show(id, { ...kept, phase: phaseOf(kept) });
    tell(id);
    return;
  }
  const cancellation = new AbortController();
  cancellations.set(id, cancellation);
  show(id, { ...kept, phase: "sending", uploaded: 0, again: null });
  try {
    await send(kept, {
      signal: cancellation.signal,
      onJob: async (jobId) => {
        const before = kept.jobId && kept.jobId !== jobId ? [kept.jobId] : [];
        await update(id, { jobId, earlier: [...kept.earlier, ...before] });
        tell(id, jobId);
      },
      onProgress: (uploaded) => {
        show(id, { uploaded });
      },
    });
    await update(id, { handedOver: true, failure: null }, { phase: "sent", uploaded: 1 });
  } catch (error) {
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

/** What passes is waited for; anything else is kept for the person to decide. */
async function postpone(id: string, error: unknown): Promise<void> {
  if (isPassing(error)) show(id, { phase: "waiting", again: Date.now() + untilNext(error) });
  else {
    const code = error instanceof Problem ? error.code : "internal";
    await update(id, { failure: { code, sentence: describe(error).sentence } }, { phase: "failed" });
  }
  tell(id);
}
