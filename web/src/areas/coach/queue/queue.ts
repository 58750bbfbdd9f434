import { useSyncExternalStore } from "react";
import { api, data } from "~/api/client";
import { describe } from "~/api/describe";
import { Problem } from "~/api/problem";
import { patience } from "~/api/query";
import { removeJob } from "~/api/removeJob";
import { preferences } from "~/preferences/store";
import { prepare } from "../photo/prepare";
import { isPassing, isStale, send } from "./send";
import {
  amend,
  everyDropped,
  everyKept,
  find,
  forget,
  forgetEverything,
  keep,
  onElsewhere,
  type Dropped,
  type Kept,
} from "./store";

type Phase = "waiting" | "sending" | "sent" | "failed";

/** A photo on its way, as a page shows it. */
export type Queued = Kept &
  Readonly<{
    /** Shows the picture; good while the photo is here. */
    url: string;
    phase: Phase;
    /** Share of the upload that left. */
    uploaded: number;
    /** When it is tried again, ms since 1970; null when nothing but the network is missing. */
    again: number | null;
  }>;

/** How far a photo came at the first try: its job once it has one, and no phase when it was dropped meanwhile. */
export type Outcome = Readonly<{ jobId: string | null; phase: Phase | null }>;

type Added = Readonly<{
  /** Whether it outlives this tab. */
  onDisk: boolean;
  /** Resolves as soon as the photo has a job, has to wait, or is refused. */
  sent: Promise<Outcome>;
}>;

const LOCK = "bunri.queue";
const DAY_MS = 24 * 3_600_000;
/** Handed-over photos older than this have their answer or never will: the platform keeps them itself. */
const OLD_MS = DAY_MS;
/** As long as the platform keeps a job. */
const GONE_MS = 30 * DAY_MS;
const MOST_STALE = 3;

let queued: readonly Queued[] = [];
const listeners = new Set<() => void>();
const cancellations = new Map<string, AbortController>();
const waiters = new Map<string, (outcome: Outcome) => void>();
/** Photos that left this tab's queue: what was read before must not bring them back. */
const left = new Set<string>();
/** Pictures of this visit by job, for as long as the tab is open: the answer shows what was just taken. */
const pictures = new Map<string, string>();
let running: Promise<void> | null = null;
let timer: ReturnType<typeof setTimeout> | undefined;
/** When the platform is told again what it shall forget, ms since 1970. */
let tellAgain: number | null = null;

onElsewhere(() => void refresh());

function change(next: typeof queued) {
  queued = next;
  for (const listener of listeners) listener();
}

function show(id: string, news: Partial<Queued>) {
  change(queued.map((one) => (one.id === id ? { ...one, ...news } : one)));
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

function photoOf(id: string): Queued | undefined {
  return queued.find((one) => one.id === id);
}

/** Whether `photo` became the job, or another one after it. */
export function isOf(photo: Queued, jobId: string): boolean {
  return photo.jobId === jobId || photo.earlier.includes(jobId);
}

/** Shows the picture of a job that was sent from this tab, or is still kept on this device. */
export function pictureOf(jobId: string): string | null {
  return queued.find((photo) => isOf(photo, jobId))?.url ?? pictures.get(jobId) ?? null;
}

/** Takes up what an earlier visit or another tab left behind, and sends what can be sent. */
export function wake(): Promise<void> {
  return refresh().then(flush);
}

/** Shows what is kept on this device now. */
async function refresh(): Promise<void> {
  const known = queued;
  const kept = await everyKept();
  if (!kept) return;
  const old = kept.filter(({ handedOver, takenAt }) => handedOver && Date.now() - takenAt > OLD_MS);
  const now = kept.filter((photo) => !old.includes(photo) && !left.has(photo.id));
  const ids = new Set(now.map(({ id }) => id));
  for (const { id } of known) if (!ids.has(id)) discard(id);
  for (const photo of now) {
    const shown = photoOf(photo.id);
    if (!shown) change([...queued, asQueued(photo)].sort((a, b) => a.takenAt - b.takenAt));
    else if (shown.phase !== "sending") show(photo.id, { ...photo, phase: phaseOf(photo) });
  }
  await Promise.all(old.map(({ id }) => forget(id)));
}

function phaseOf({ failure, handedOver }: Kept): Phase {
  return failure ? "failed" : handedOver ? "sent" : "waiting";
}

function asQueued(photo: Kept): Queued {
  return {
    ...photo,
    url: URL.createObjectURL(photo.photo),
    phase: phaseOf(photo),
    uploaded: 0,
    again: null,
  };
}

/** Keeps a file that somebody took or chose, and sends it as soon as possible. Throws a Problem for what is no photo. */
export async function add(file: Blob): Promise<Added> {
  const photo = await prepare(file);
  const kept: Kept = {
    id: identifier(),
    photo,
    takenAt: Date.now(),
    region: preferences().region,
    attempt: 1,
    jobId: null,
    earlier: [],
    handedOver: false,
    failure: null,
  };
  const onDisk = await keep(kept);
  if (!photoOf(kept.id)) change([...queued, asQueued(kept)]);
  return { onDisk, sent: sent(kept.id) };
}

/**
 * Tries a photo again: as a new job when the platform gave it up. Gives the job's id once there is one, or null when it has
 * to wait (no network, a busy platform).
 */
export async function retry(id: string): Promise<string | null> {
  const photo = photoOf(id);
  if (!photo) return null;
  const fresh =
    photo.failure || photo.handedOver ? { attempt: photo.attempt + 1, handedOver: false, failure: null } : {};
  if (photo.phase !== "sending") await update(id, fresh, { phase: "waiting", again: null });
  return (await sent(id)).jobId;
}

function sent(id: string): Promise<Outcome> {
  tell(id);
  return new Promise((resolve) => {
    waiters.set(id, resolve);
    void flush().finally(() => {
      tell(id);
    });
  });
}

/** Tells whoever waits for a photo how far it is. */
function tell(id: string, jobId: string | null = null) {
  const photo = photoOf(id);
  const known = photo?.phase === "sent" ? photo.jobId : null;
  waiters.get(id)?.({ jobId: jobId ?? known, phase: photo?.phase ?? null });
  waiters.delete(id);
}

/**
 * Forgets a photo that is not wanted any more, here at once and on the platform as soon as it hears of it; until then its
 * jobs are remembered. Resolves after the first try.
 */
export async function drop(id: string): Promise<void> {
  const photo = photoOf(id);
  discard(id);
  const jobs = photo ? [...photo.earlier, ...(photo.jobId ? [photo.jobId] : [])] : [];
  if (jobs.length === 0) {
    await forget(id);
    return;
  }
  const dropped = { id, jobs, droppedAt: Date.now() };
  await keep(dropped);
  await tellPlatform(dropped);
  schedule();
}

/** Tells the platform which jobs to forget; what fails is tried again. */
async function tellPlatform({ id, jobs, droppedAt }: Dropped): Promise<void> {
  try {
    for (const jobId of jobs) {
      await removeJob(jobId); // the first stops what is under way
      await removeJob(jobId);
    }
    await forget(id);
  } catch (error) {
    if (Date.now() - droppedAt > GONE_MS) await forget(id);
    else tellAgain = Date.now() + untilNext(error);
  }
}

async function tellOfDropped(): Promise<void> {
  tellAgain = null;
  if (!navigator.onLine) return;
  for (const dropped of await everyDropped()) await tellPlatform(dropped);
}

/** Forgets every photo on this device, sent or not. Resolves when they are gone. */
export async function forgetAll(): Promise<void> {
  for (const { id } of queued) discard(id);
  for (const url of pictures.values()) URL.revokeObjectURL(url);
  pictures.clear();
  tellAgain = null;
  await forgetEverything();
}

/** The answer is there: the platform keeps the picture from now on. Its address here stays good for this visit. */
export async function answered(jobId: string): Promise<void> {
  const photo = queued.find((one) => one.jobId === jobId);
  if (!photo) return;
  pictures.set(jobId, photo.url);
  leave(photo.id);
  await forget(photo.id);
}

/**
 * The analysis failed: the photo is kept, so that it can be tried again. While it is being sent, that is not said of the
 * picture: its job ran out, and the next one is on its way.
 */
export async function failed(jobId: string, code: string, sentence: string): Promise<void> {
  const photo = queued.find((one) => one.jobId === jobId);
  if (photo?.phase === "sent") {
    const failure = { code, sentence };
    await update(photo.id, { failure }, { phase: "failed" });
  }
}

/** Asks once for the photos that were handed over and that nobody watches. Gives the jobs that have an answer now. */
export async function look(): Promise<readonly string[]> {
  const answers: string[] = [];
  for (const { id, jobId, phase } of queued) {
    if (phase !== "sent" || !jobId) continue;
    try {
      const { status, code, message } = await data(
        api.GET("/api/v1/waste/status/{job_id}", { params: { path: { job_id: jobId } } }),
      );
      if (status === "done" || status === "asked") {
        await answered(jobId);
        answers.push(jobId);
      } else if (status === "failed") await failed(jobId, code ?? "internal", message);
      else if (status === "cancelled") await removed(id);
    } catch (error) {
      // Anything else passes: it is asked again.
      if (error instanceof Problem && error.code === "job_missing") await removed(id);
    }
  }
  return answers;
}

async function removed(id: string): Promise<void> {
  discard(id);
  await forget(id);
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
  if (ready()) {
    await alone(async () => {
      for (let next = ready(); next; next = ready()) await deliver(next);
    });
  }
  await tellOfDropped();
}

function ready(): Queued | undefined {
  if (!navigator.onLine) return undefined;
  return queued.find(({ phase, again }) => phase === "waiting" && (again === null || again <= Date.now()));
}

/** Comes back for those that have to wait a while. */
function schedule() {
  const times = queued.flatMap(({ phase, again }) => (phase === "waiting" && again !== null ? [again] : []));
  if (tellAgain !== null) times.push(tellAgain);
  if (times.length === 0) return;
  clearTimeout(timer);
  timer = setTimeout(() => void flush(), Math.max(250, Math.min(...times) - Date.now()));
}

function untilNext(error: unknown): number {
  return Math.max(1000, patience(2, error));
}

async function alone(work: () => Promise<void>): Promise<void> {
  // The types promise locks everywhere; an insecure context has none.
  const locks = navigator.locks as LockManager | undefined;
  await (locks ? locks.request(LOCK, work) : work());
}

async function deliver(photo: Queued, failures = 0): Promise<void> {
  const { id } = photo;
  // Another tab may have sent or dropped it while we waited for our turn.
  const kept = await find(stored(photo));
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

/** Changes a photo as it is kept, and as it is shown. */
async function update(id: string, news: Partial<Kept>, shown: Partial<Queued> = {}): Promise<void> {
  const photo = photoOf(id);
  if (!photo) return;
  show(id, { ...news, ...shown });
  const kept = await amend(stored(photo), news);
  if (kept) show(id, { ...kept, ...shown });
  else discard(id);
}

function stored({ id, photo, takenAt, region, attempt, jobId, earlier, handedOver, failure }: Kept): Kept {
  return { id, photo, takenAt, region, attempt, jobId, earlier, handedOver, failure };
}

/** Takes a photo out of the queue, which stops sending it, and its picture out of memory. */
function discard(id: string) {
  const photo = photoOf(id);
  if (photo) URL.revokeObjectURL(photo.url);
  cancellations.get(id)?.abort();
  leave(id);
}

function leave(id: string) {
  left.add(id);
  change(queued.filter((one) => one.id !== id));
  tell(id);
}

/** A random name; `crypto.randomUUID` is missing in insecure contexts. */
function identifier(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) =>
    byte.toString(16).padStart(2, "0"),
  ).join("");
}
