import { useSyncExternalStore } from "react";
import { api } from "~/api/client";
import { describe } from "~/api/describe";
import { Problem } from "~/api/problem";
import { patience } from "~/api/query";
import type { Tag } from "~/api/types";
import { preferences } from "~/preferences/store";
import { prepare } from "../photo/prepare";
import { isStale, send } from "./send";
import { everyKept, forget, keep, type Kept } from "./store";

/** A photo on its way, as a page shows it. */
export type Queued = Kept &
  Readonly<{
    /** Shows the picture; good while this tab is open. */
    url: string;
    phase: "waiting" | "sending" | "sent" | "failed";
    /** Share of the upload that left. */
    uploaded: number;
    /** When it is tried again, ms since 1970; null when nothing but the network is missing. */
    again: number | null;
  }>;

const LOCK = "bunri.queue";
/** Handed-over photos older than this have their answer or never will: the platform keeps them itself. */
const OLD_MS = 24 * 3_600_000;
const MOST_STALE = 3;

let queued: readonly Queued[] = [];
const listeners = new Set<() => void>();
const cancellations = new Map<string, AbortController>();
const jobs = new Map<string, (jobId: string) => void>();
/** Pictures of this visit by job, for as long as the tab is open: the answer shows what was just taken. */
const pictures = new Map<string, string>();
let loading: Promise<void> | null = null;
let running: Promise<void> | null = null;
let timer: ReturnType<typeof setTimeout> | undefined;

function change(next: typeof queued) {
  queued = next;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function useQueue(): readonly Queued[] {
  return useSyncExternalStore(subscribe, () => queued);
}

export function queue(): readonly Queued[] {
  return queued;
}

/** Shows the picture of a job that was sent from this tab, or is still kept on this device. */
export function pictureOf(jobId: string): string | null {
  return queued.find((photo) => photo.jobId === jobId)?.url ?? pictures.get(jobId) ?? null;
}

/** Takes up what an earlier visit left behind, and sends what can be sent; again whenever the network comes back. */
export function wake(): Promise<void> {
  loading ??= everyKept().then(async (kept) => {
    window.addEventListener("online", () => void flush());
    const old = kept.filter((photo) => photo.handedOver && Date.now() - photo.takenAt > OLD_MS);
    await Promise.all(old.map(({ id }) => forget(id)));
    const known = new Set([...old, ...queued].map(({ id }) => id));
    change([...kept.filter(({ id }) => !known.has(id)).map(shown), ...queued]);
  });
  return loading.then(flush);
}

function shown(photo: Kept): Queued {
  const phase = photo.failure ? "failed" : photo.handedOver ? "sent" : "waiting";
  return { ...photo, url: URL.createObjectURL(photo.photo), phase, uploaded: 0, again: null };
}

/**
 * Keeps a file that somebody took or chose, and sends it as soon as possible. Gives the job's id once there is one, or
 * null when it has to wait (no network, a busy platform). Throws a Problem for what is no photo.
 */
export async function add(file: Blob, tags: readonly Tag[] = []): Promise<string | null> {
  const photo = await prepare(file);
  const kept: Kept = {
    id: identifier(),
    photo,
    takenAt: Date.now(),
    region: preferences().region,
    tags,
    attempt: 1,
    jobId: null,
    handedOver: false,
    failure: null,
  };
  await keep(kept);
  change([...queued, shown(kept)]);
  return sent(kept.id);
}

/** Tries a photo again that was given up, as a new job. Gives the job's id like `add`. */
export async function retry(id: string): Promise<string | null> {
  const photo = queued.find((one) => one.id === id);
  if (!photo) return null;
  const fresh = photo.failure ? { attempt: photo.attempt + 1, jobId: null, handedOver: false } : {};
  await update(id, { ...fresh, failure: null, phase: "waiting", again: null });
  return sent(id);
}

/** Resolves as soon as the photo has a job, or with null when it has to wait. */
function sent(id: string): Promise<string | null> {
  return new Promise((resolve) => {
    jobs.set(id, resolve);
    void flush().finally(() => {
      waiter(id)?.(null);
    });
  });
}

/** Forgets a photo that is not wanted any more, on the platform too. */
export async function drop(id: string): Promise<void> {
  const photo = queued.find((one) => one.id === id);
  cancellations.get(id)?.abort();
  await remove(id);
  if (photo?.jobId) {
    // Cancelled or gone already: either is what was wanted.
    await api
      .DELETE("/api/v1/waste/jobs/{job_id}", { params: { path: { job_id: photo.jobId } } })
      .catch(() => undefined);
  }
}

/** Forgets every photo on this device, sent or not. */
export async function forgetAll(): Promise<void> {
  for (const cancellation of cancellations.values()) cancellation.abort();
  change([]);
  pictures.clear();
  for (const { id } of await everyKept()) await forget(id);
}

/** The answer is there: the platform keeps the picture from now on. Its address here stays good for this visit. */
export async function answered(jobId: string): Promise<void> {
  const photo = queued.find((one) => one.jobId === jobId);
  if (!photo) return;
  pictures.set(jobId, photo.url);
  await remove(photo.id);
}

/** The analysis failed: the photo is kept, so that it can be tried again. */
export async function failed(jobId: string, code: string, sentence: string): Promise<void> {
  const photo = queued.find((one) => one.jobId === jobId);
  if (photo) await update(photo.id, { phase: "failed", failure: { code, sentence } });
}

/** Sends what waits, one after the other; in one tab at a time. Resolves when nothing is left that could be sent now. */
export function flush(): Promise<void> {
  running ??= sendAll().finally(() => {
    running = null;
    schedule();
  });
  // What came in while the last one was leaving has its turn, too.
  return running.then(() => (ready() ? flush() : undefined));
}

async function sendAll(): Promise<void> {
  clearTimeout(timer);
  await alone(async () => {
    for (let next = ready(); next; next = ready()) await deliver(next);
  });
}

function ready(): Queued | undefined {
  if (!navigator.onLine) return undefined;
  return queued.find(({ phase, again }) => phase === "waiting" && (again === null || again <= Date.now()));
}

/** Comes back for those that have to wait a while. */
function schedule() {
  const times = queued.flatMap(({ phase, again }) => (phase === "waiting" && again !== null ? [again] : []));
  if (times.length === 0) return;
  timer = setTimeout(() => void flush(), Math.max(250, Math.min(...times) - Date.now()));
}

async function alone(work: () => Promise<void>): Promise<void> {
  // The types promise locks everywhere; an insecure context has none.
  const locks = navigator.locks as LockManager | undefined;
  await (locks ? locks.request(LOCK, work) : work());
}

async function deliver(photo: Queued, failures = 0): Promise<void> {
  const cancellation = new AbortController();
  cancellations.set(photo.id, cancellation);
  change(
    queued.map((one) => (one.id === photo.id ? { ...one, phase: "sending", uploaded: 0, again: null } : one)),
  );
  try {
    await send(photo, {
      signal: cancellation.signal,
      onJob: async (jobId) => {
        await update(photo.id, { jobId });
        waiter(photo.id)?.(jobId);
      },
      onProgress: (uploaded) => {
        change(queued.map((one) => (one.id === photo.id ? { ...one, uploaded } : one)));
      },
    });
    await update(photo.id, { phase: "sent", handedOver: true, uploaded: 1 });
  } catch (error) {
    if (cancellation.signal.aborted) return;
    if (isStale(error) && failures < MOST_STALE) {
      const attempt = photo.attempt + 1;
      await update(photo.id, { attempt, jobId: null });
      await deliver({ ...photo, attempt }, failures + 1);
      return;
    }
    await postpone(photo.id, error);
  } finally {
    cancellations.delete(photo.id);
  }
}

/** What passes is waited for; anything else is kept for the person to decide. */
async function postpone(id: string, error: unknown): Promise<void> {
  if (error instanceof Problem && (error.passing || error.details.status >= 500)) {
    await update(id, { phase: "waiting", again: Date.now() + Math.max(1000, patience(2, error)) });
    return;
  }
  const code = error instanceof Problem ? error.code : "internal";
  await update(id, { phase: "failed", failure: { code, sentence: describe(error).sentence } });
}

async function update(id: string, news: Partial<Queued>): Promise<void> {
  const photo = queued.find((one) => one.id === id);
  if (!photo) return;
  const next = { ...photo, ...news };
  change(queued.map((one) => (one.id === id ? next : one)));
  await keep(stored(next));
}

function stored({ id, photo, takenAt, region, tags, attempt, jobId, handedOver, failure }: Kept): Kept {
  return { id, photo, takenAt, region, tags, attempt, jobId, handedOver, failure };
}

async function remove(id: string): Promise<void> {
  change(queued.filter((one) => one.id !== id));
  await forget(id);
}

function waiter(id: string): ((jobId: string | null) => void) | undefined {
  const resolve = jobs.get(id) as ((jobId: string | null) => void) | undefined;
  jobs.delete(id);
  return resolve;
}

/** A random name; `crypto.randomUUID` is missing in insecure contexts. */
function identifier(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) =>
    byte.toString(16).padStart(2, "0"),
  ).join("");
}
