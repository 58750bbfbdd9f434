/** The photos on their way, as pages show them: what is kept on this device, and how far this tab is with it. */
import { useSyncExternalStore } from "react";
import { changePhoto, storedPhotos, removeRow, onChangedElsewhere, type StoredPhoto } from "./store";

type Phase = "waiting" | "sending" | "sent" | "failed";

/** A photo on its way, as a page shows it. */
export type QueuedPhoto = StoredPhoto &
  Readonly<{
    /** Shows the picture; good while the photo is here. */
    url: string;
    phase: Phase;
    /** Share of the upload that left. */
    uploaded: number;
    /** When it is tried again, ms since 1970; null when nothing but the network is missing. */
    again: number | null;
  }>;

/** Handed-over photos older than this have their answer or never will: the platform keeps them itself. */
const OLD_MS = 24 * 3_600_000;

let queued: readonly QueuedPhoto[] = [];
const listeners = new Set<() => void>();
const removalListeners = new Set<(id: string, answered: boolean) => void>();
/** Photos that left this tab's queue: what was read before must not bring them back. */
const left = new Set<string>();
/** Pictures of this visit by job, for as long as the tab is open: the answer shows what was just taken. */
const pictures = new Map<string, string>();

onChangedElsewhere(() => void refresh());

function change(next: typeof queued) {
  queued = next;
  for (const listener of listeners) listener();
}

/** Changes a photo as it is shown. */
export function show(id: string, news: Partial<QueuedPhoto>): void {
  change(queued.map((one) => (one.id === id ? { ...one, ...news } : one)));
}

function subscribe(listener: () => void) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function useQueue(): readonly QueuedPhoto[] {
  return useSyncExternalStore(subscribe, () => queued);
}

export function queue(): readonly QueuedPhoto[] {
  return queued;
}

export function photoOf(id: string): QueuedPhoto | undefined {
  return queued.find((one) => one.id === id);
}

/** Whether `photo` became the job, or another one after it. */
export function isOf(photo: QueuedPhoto, jobId: string): boolean {
  return photo.jobId === jobId || photo.earlier.includes(jobId);
}

/** Shows the picture of a job that was sent from this tab, or is still kept on this device. */
export function pictureOf(jobId: string): string | null {
  return queued.find((photo) => isOf(photo, jobId))?.url ?? pictures.get(jobId) ?? null;
}

/** Shows what is kept on this device now. */
export async function refresh(): Promise<void> {
  const known = queued;
  const kept = await storedPhotos();
  if (!kept) return;
  const old = kept.filter(({ handedOver, takenAt }) => handedOver && Date.now() - takenAt > OLD_MS);
  const now = kept.filter((photo) => !old.includes(photo) && !left.has(photo.id));
  const ids = new Set(now.map(({ id }) => id));
  for (const { id } of known) if (!ids.has(id)) discard(id);
  for (const photo of now) {
    const shown = photoOf(photo.id);
    if (!shown) enlist(photo);
    else if (shown.phase !== "sending") show(photo.id, { ...photo, phase: phaseOf(photo) });
  }
  await Promise.all(old.map(({ id }) => removeRow(id)));
}

export function phaseOf({ failure, handedOver }: StoredPhoto): Phase {
  return failure ? "failed" : handedOver ? "sent" : "waiting";
}

/** Shows a photo that is kept, unless it is shown already. */
export function enlist(photo: StoredPhoto): void {
  if (photoOf(photo.id)) return;
  const url = URL.createObjectURL(photo.photo);
  const one = { ...photo, url, phase: phaseOf(photo), uploaded: 0, again: null };
  change([...queued, one].sort((a, b) => a.takenAt - b.takenAt));
}

/** Changes a photo as it is kept, and as it is shown. */
export async function update(
  id: string,
  news: Partial<StoredPhoto>,
  shown: Partial<QueuedPhoto> = {},
): Promise<void> {
  const photo = photoOf(id);
  if (!photo) return;
  show(id, { ...news, ...shown });
  const kept = await changePhoto(stored(photo), news);
  if (kept) show(id, { ...kept, ...shown });
  else discard(id);
}

/** A photo as it is kept. */
export function stored(queued: StoredPhoto): StoredPhoto {
  const { id, photo, takenAt, region, attempt, jobId, earlier, handedOver, failure } = queued;
  return { id, photo, takenAt, region, attempt, jobId, earlier, handedOver, failure };
}

/** Takes a photo out of the queue, which stops sending it, and its picture out of memory. */
export function discard(id: string): void {
  const photo = photoOf(id);
  if (photo) URL.revokeObjectURL(photo.url);
  leave(id, false);
}

/** Takes a photo out of the queue whose job is answered. Its picture's address stays good for this visit. */
export function release({ id, url }: QueuedPhoto, jobId: string): void {
  pictures.set(jobId, url);
  leave(id, true);
}

/** Takes everything out of the queue and out of memory. */
export function clear(): void {
  for (const { id } of queued) discard(id);
  for (const url of pictures.values()) URL.revokeObjectURL(url);
  pictures.clear();
}

function leave(id: string, answered: boolean) {
  left.add(id);
  change(queued.filter((one) => one.id !== id));
  for (const onRemoved of removalListeners) onRemoved(id, answered);
}

/** Calls `onRemoved` when a photo left the queue: answered, or not wanted any more. */
export function onLeave(onRemoved: (id: string, answered: boolean) => void): void {
  removalListeners.add(onRemoved);
}
