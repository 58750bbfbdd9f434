import type { Tag } from "~/api/types";

/** A photo on its way to an answer, as it is kept on this device. */
export type Kept = Readonly<{
  id: string;
  /** As it is sent: small and without EXIF. */
  photo: Blob;
  takenAt: number;
  region: string | null;
  tags: readonly Tag[];
  /** How often the platform was asked for a job; part of the Idempotency-Key. */
  attempt: number;
  /** The job it became, once the platform knows of it. */
  jobId: string | null;
  /** Whether the platform has the picture and works on it. */
  handedOver: boolean;
  /** Why it is not tried again by itself: a code and, where the platform wrote one, a sentence. */
  failure: Readonly<{ code: string; sentence: string }> | null;
}>;

const DATABASE = "bunri";
const PHOTOS = "photos";

/** In place of a database that is full or forbidden (private window): holds until the tab is closed. */
const memory = new Map<string, Kept>();
let opening: Promise<IDBDatabase> | null = null;

function open(): Promise<IDBDatabase> {
  opening ??= new Promise((resolve, reject) => {
    const request = indexedDB.open(DATABASE, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(PHOTOS, { keyPath: "id" });
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error("no database"));
    request.onblocked = () => reject(new Error("blocked"));
  });
  return opening;
}

async function run<T>(mode: IDBTransactionMode, work: (photos: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  const database = await open();
  return new Promise((resolve, reject) => {
    const transaction = database.transaction(PHOTOS, mode);
    const request = work(transaction.objectStore(PHOTOS));
    // The transaction's end, not the request's: only then is it on the disk.
    transaction.oncomplete = () => resolve(request.result);
    transaction.onabort = () => reject(transaction.error ?? new Error("aborted"));
  });
}

/** All photos kept, oldest first. */
export async function everyKept(): Promise<readonly Kept[]> {
  const stored = await run("readonly", (photos) => photos.getAll() as IDBRequest<Kept[]>).catch(() => []);
  const known = new Set(stored.map(({ id }) => id));
  const all = [...stored, ...[...memory.values()].filter(({ id }) => !known.has(id))];
  return all.sort((a, b) => a.takenAt - b.takenAt);
}

export async function keep(photo: Kept): Promise<void> {
  try {
    await run("readwrite", (photos) => photos.put(photo));
    memory.delete(photo.id);
  } catch {
    memory.set(photo.id, photo);
  }
}

export async function forget(id: string): Promise<void> {
  memory.delete(id);
  await run("readwrite", (photos) => photos.delete(id)).catch(() => undefined);
}
