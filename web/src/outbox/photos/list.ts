/** The photos that wait for an answer, as pages show them: what is stored on this device, and its progress in this tab. */
import { useSyncExternalStore } from "react";
import { changePhoto, storedPhotos, removeRow, onChangedElsewhere, type StoredPhoto } from "./store";

type Phase = "waiting" | "sending" | "sent" | "failed";

/** A photo that waits for an answer, as a page shows it. */
export type QueuedPhoto = StoredPhoto &
  Readonly<{
    /** Shows the picture; good while the photo is here. */
    url: string;
    phase: Phase;
    /** Share of the upload that was sent, 0 to 1. */
    uploaded: number;
    /** When it is tried again, ms since 1970; null when nothing but the network is missing. */
    retryAt: number | null;
    /** Whether the platform asked for the pause until then. */
    paused: boolean;
  }>;

/** Photos that were handed over so long ago have their answer, or will never get one. */
const OLD_MS = 24 * 3_600_000;

let queued: readonly QueuedPhoto[] = [];
const listeners = new Set<() => void>();
const removalListeners = new Set<(id: string, answered: boolean) => void>();
/** Photos that were removed from this tab's queue: a read that began before must not add them again. */
const removedIds = new Set<string>();
/** Addresses of pictures by job, valid as long as the tab is open: the answer shows the photo that was just taken. */
const pictures = new Map<string, string>();

onChangedElsewhere(() => void refresh());

function change(next: typeof queued) {
  queued = next;
  for (const listener of listeners) listener();
}

/** Changes a photo as pages show it, and not as it is stored. */
export function updateShown(id: string, news: Partial<QueuedPhoto>): void {
  change(queued.map((one) => (one.id === id ? { ...one, ...news } : one)));
}

/** Calls `listener` whenever the queue changes; gives what ends that. */
export function subscribe(listener: () => void) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function useQueue(): readonly QueuedPhoto[] {
  return useSyncExternalStore(subscribe, () => queued);
}

export function queue(): readonly QueuedPhoto[] {
  return queued;
}

export function queuedPhoto(id: string): QueuedPhoto | undefined {
  return queued.find((one) => one.id === id);
}

/** Whether `photo` became the job, or another one after it. */
export function belongsTo(photo: QueuedPhoto, jobId: string): boolean {
  return photo.jobId === jobId || photo.earlier.includes(jobId);
}

/** The address of the picture of a job that was sent from this tab, or is still stored on this device. */
export function pictureOf(jobId: string): string | null {
  return queued.find((photo) => belongsTo(photo, jobId))?.url ?? pictures.get(jobId) ?? null;
}

/** Reads what is stored on this device, and shows that. */
export async function refresh(): Promise<void> {
  const known = queued;
  const kept = await storedPhotos();
  if (!kept) return;
  const old = kept.filter(({ handedOver, takenAt }) => handedOver && Date.now() - takenAt > OLD_MS);
  const now = kept.filter((photo) => !old.includes(photo) && !removedIds.has(photo.id));
  const ids = new Set(now.map(({ id }) => id));
  for (const { id } of known) if (!ids.has(id)) removeFromQueue(id);
  for (const photo of now) {
    const shown = queuedPhoto(photo.id);
    if (!shown) addToQueue(photo);
    else if (shown.phase !== "sending") updateShown(photo.id, { ...photo, phase: phaseOf(photo) });
  }
  await Promise.all(old.map(({ id }) => removeRow(id)));
}

export function phaseOf({ failure, handedOver }: StoredPhoto): Phase {
  return failure ? "failed" : handedOver ? "sent" : "waiting";
}

/** Shows a stored photo, unless it is shown already. */
export function addToQueue(photo: StoredPhoto): void {
  if (queuedPhoto(photo.id)) return;
  const url = URL.createObjectURL(photo.photo);
  const one = { ...photo, url, phase: phaseOf(photo), uploaded: 0, retryAt: null, paused: false };
  change([...queued, one].sort((a, b) => a.takenAt - b.takenAt));
}

/** Changes a photo as it is stored, and as pages show it. */
export async function update(
  id: string,
  news: Partial<StoredPhoto>,
  shown: Partial<QueuedPhoto> = {},
): Promise<void> {
  const photo = queuedPhoto(id);
  if (!photo) return;
  updateShown(id, { ...news, ...shown });
  const kept = await changePhoto(toStored(photo), news);
  if (kept) updateShown(id, { ...kept, ...shown });
  else removeFromQueue(id);
}

/** The part of a photo that is stored. */
export function toStored(queued: StoredPhoto): StoredPhoto {
  const { id, photo, takenAt, region, attempt, jobId, earlier, handedOver, failure } = queued;
  return { id, photo, takenAt, region, attempt, jobId, earlier, handedOver, failure };
}

/** Removes a photo from the queue, which stops sending it, and its picture from memory. */
export function removeFromQueue(id: string): void {
  const photo = queuedPhoto(id);
  if (photo) URL.revokeObjectURL(photo.url);
  remove(id, false);
}

/** Removes a photo whose job is answered from the queue. The address of its picture stays valid until the tab is closed. */
export function removeAnswered({ id, url }: QueuedPhoto, jobId: string): void {
  pictures.set(jobId, url);
  remove(id, true);
}

/** Removes all photos from the queue, and their pictures from memory. */
export function clearQueue(): void {
  for (const { id } of queued) removeFromQueue(id);
  for (const url of pictures.values()) URL.revokeObjectURL(url);
  pictures.clear();
}

function remove(id: string, answered: boolean) {
  removedIds.add(id);
  change(queued.filter((one) => one.id !== id));
  for (const listener of removalListeners) listener(id, answered);
}

/** Calls `listener` when a photo was removed from the queue: because it is `answered`, or because nobody wants it. */
export function onRemoved(listener: (id: string, answered: boolean) => void): void {
  removalListeners.add(listener);
}
