import { database } from "../database";
import { makeRowStore } from "../rowStore";

/** A photo on its way to an answer, as it is stored on this device. */
export type StoredPhoto = Readonly<{
  id: string;
  /** As it is sent: small and without EXIF. */
  photo: Blob;
  takenAt: number;
  region: string | null;
  /** How often the server was asked for a job; part of the Idempotency-Key. */
  attempt: number;
  /** The job it became, once the server knows of it. */
  jobId: string | null;
  /** Its jobs before that one: whoever watches one of them wants to see `jobId`. */
  earlier: readonly string[];
  /** Whether the server has the picture and works on it. */
  handedOver: boolean;
  /** Why it is not tried again by itself: a code, a sentence, and whether the same photo may be answered another time. */
  failure: Readonly<{ code: string; sentence: string; retryable?: boolean }> | null;
}>;

/** What stays of a photo that the person removed, until the server has removed its jobs too. */
export type PendingRemoval = Readonly<{ id: string; jobs: readonly string[]; droppedAt: number }>;

const rows = makeRowStore<StoredPhoto | PendingRemoval, "photos">(database, "photos");

/** Calls `listener` when another tab changed what is stored. */
export const { onChangedElsewhere } = rows;

function isPhoto(row: StoredPhoto | PendingRemoval): row is StoredPhoto {
  return "photo" in row;
}

/** A row of an earlier version has no earlier jobs. */
function complete(photo: Omit<StoredPhoto, "earlier"> & Partial<StoredPhoto>): StoredPhoto {
  return { earlier: [], ...photo };
}

/** All photos that are stored, oldest first; null when the database does not answer, so that nobody knows. */
export async function storedPhotos(): Promise<readonly StoredPhoto[] | null> {
  const all = await rows.all();
  return (
    all
      ?.filter(isPhoto)
      .map(complete)
      .sort((a, b) => a.takenAt - b.takenAt) ?? null
  );
}

export async function pendingRemovals(): Promise<readonly PendingRemoval[]> {
  const all = (await rows.all()) ?? rows.inMemory();
  return all.filter((row): row is PendingRemoval => !isPhoto(row));
}

/** The photo as it is stored now; null when it is gone, `own` when the database does not answer. */
export async function currentPhoto(own: StoredPhoto): Promise<StoredPhoto | null> {
  try {
    const row = await rows.get(own.id);
    return row && isPhoto(row) ? complete(row) : null;
  } catch {
    return own;
  }
}

/** Stores a photo, or what is to be removed in its place, and tells whether it is on the disk. */
export function storeRow(row: StoredPhoto | PendingRemoval): Promise<boolean> {
  return rows.put(row);
}

/**
 * Changes a photo that is stored, and gives it as it is then; null when it is gone. `own` is changed instead when the
 * database does not answer.
 */
export async function changePhoto(
  own: StoredPhoto,
  changes: Partial<StoredPhoto>,
): Promise<StoredPhoto | null> {
  const changed = await rows.update(own, (row) => (isPhoto(row) ? { ...complete(row), ...changes } : null));
  return changed && isPhoto(changed) ? changed : null;
}

export function removeRow(id: string): Promise<void> {
  return rows.remove(id);
}

export function removeAllRows(): Promise<void> {
  return rows.removeAll();
}
