/** A photo on its way to an answer, as it is kept on this device. */
export type Kept = Readonly<{
  id: string;
  /** As it is sent: small and without EXIF. */
  photo: Blob;
  takenAt: number;
  region: string | null;
  /** How often the platform was asked for a job; part of the Idempotency-Key. */
  attempt: number;
  /** The job it became, once the platform knows of it. */
  jobId: string | null;
  /** Its jobs before that one: whoever watches one of them wants to see `jobId`. */
  earlier: readonly string[];
  /** Whether the platform has the picture and works on it. */
  handedOver: boolean;
  /** Why it is not tried again by itself: a code and, where the platform wrote one, a sentence. */
  failure: Readonly<{ code: string; sentence: string }> | null;
}>;

/** What stays of a photo that is not wanted any more, until the platform has forgotten its jobs too. */
export type Dropped = Readonly<{ id: string; jobs: readonly string[]; droppedAt: number }>;

type Row = Kept | Dropped;

const DATABASE = "bunri";
const PHOTOS = "photos";
/** What a connection says that was closed under us; a new one may do. */
const LOST: ReadonlySet<string> = new Set(["InvalidStateError", "UnknownError"]);

/** In place of a database that is full or forbidden (private window): holds until the tab is closed. */
const memory = new Map<string, Row>();
let opening: Promise<IDBDatabase> | null = null;
const tabs = typeof BroadcastChannel === "undefined" ? null : new BroadcastChannel("bunri.queue");

/** Calls `listener` when another tab changed what is kept. */
export function onElsewhere(listener: () => void): void {
  tabs?.addEventListener("message", listener);
}

function open(): Promise<IDBDatabase> {
  if (opening) return opening;
  const connection = new Promise<IDBDatabase>((resolve, reject) => {
    const request = indexedDB.open(DATABASE, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(PHOTOS, { keyPath: "id" });
    request.onsuccess = () => {
      const database = request.result;
      database.onclose = lose; // the browser cleared it, or lost its disk
      database.onversionchange = () => {
        database.close(); // another version of ours waits for it
        lose();
      };
      resolve(database);
    };
    request.onerror = () => reject(request.error ?? new Error("no database"));
    request.onblocked = () => reject(new Error("blocked"));
  });
  const lose = () => {
    if (opening === connection) opening = null;
  };
  connection.catch(lose);
  opening = connection;
  return connection;
}

type Work<T> = (photos: IDBObjectStore) => { readonly result: T };

async function run<T>(mode: IDBTransactionMode, work: Work<T>): Promise<T> {
  try {
    return await once(mode, work);
  } catch (error) {
    if (!(error instanceof DOMException) || !LOST.has(error.name)) throw error;
    opening = null;
    return once(mode, work);
  }
}

async function once<T>(mode: IDBTransactionMode, work: Work<T>): Promise<T> {
  const database = await open();
  return new Promise((resolve, reject) => {
    const transaction = database.transaction(PHOTOS, mode);
    const outcome = work(transaction.objectStore(PHOTOS));
    // The transaction's end, not the request's: only then is it on the disk.
    transaction.oncomplete = () => {
      if (mode === "readwrite") tabs?.postMessage(null);
      resolve(outcome.result);
    };
    transaction.onabort = () => reject(transaction.error ?? new Error("aborted"));
  });
}

function isKept(row: Row | undefined): row is Kept {
  return row !== undefined && "photo" in row;
}

/** A row of an earlier version knows of no earlier jobs. */
function whole(photo: Omit<Kept, "earlier"> & Partial<Kept>): Kept {
  return { earlier: [], ...photo };
}

/** All rows, those in memory before those on the disk; null when the database does not answer. */
async function everyRow(): Promise<Row[] | null> {
  try {
    const stored = await run("readonly", (photos) => photos.getAll() as IDBRequest<Row[]>);
    return [...stored.filter(({ id }) => !memory.has(id)), ...memory.values()];
  } catch {
    return null;
  }
}

/** All photos kept, oldest first; null when the database does not answer, so that nobody knows. */
export async function everyKept(): Promise<readonly Kept[] | null> {
  const rows = await everyRow();
  return (
    rows
      ?.filter(isKept)
      .map(whole)
      .sort((a, b) => a.takenAt - b.takenAt) ?? null
  );
}

export async function everyDropped(): Promise<readonly Dropped[]> {
  const rows = (await everyRow()) ?? [...memory.values()];
  return rows.filter((row): row is Dropped => !isKept(row));
}

/** The photo as it is kept now; null when it is gone, `own` when the database does not answer. */
export async function find(own: Kept): Promise<Kept | null> {
  try {
    const row =
      memory.get(own.id) ?? (await run("readonly", (photos) => photos.get(own.id) as IDBRequest<Row>));
    return isKept(row) ? whole(row) : null;
  } catch {
    return own;
  }
}

/** Keeps a row, and tells whether it is on the disk: otherwise it is lost with this tab. */
export async function keep(row: Row): Promise<boolean> {
  try {
    await run("readwrite", (photos) => photos.put(row));
    memory.delete(row.id);
    return true;
  } catch {
    memory.set(row.id, row);
    return false;
  }
}

/**
 * Changes a photo that is kept, and gives it as it is then; null when it is gone: what one tab removed must not come back
 * from another. `own` is changed instead when the database does not answer.
 */
export async function amend(own: Kept, news: Partial<Kept>): Promise<Kept | null> {
  const held = memory.get(own.id);
  if (held) {
    if (!isKept(held)) return null;
    const next = { ...held, ...news };
    await keep(next);
    return next;
  }
  try {
    return await run("readwrite", (photos) => {
      const outcome: { result: Kept | null } = { result: null };
      const reading = photos.get(own.id) as IDBRequest<Row | undefined>;
      reading.onsuccess = () => {
        if (!isKept(reading.result)) return;
        outcome.result = { ...whole(reading.result), ...news };
        photos.put(outcome.result);
      };
      return outcome;
    });
  } catch {
    const next = { ...own, ...news };
    memory.set(own.id, next);
    return next;
  }
}

export async function forget(id: string): Promise<void> {
  memory.delete(id);
  await run("readwrite", (photos) => photos.delete(id)).catch(() => undefined);
}

export async function forgetEverything(): Promise<void> {
  memory.clear();
  await run("readwrite", (photos) => photos.clear()).catch(() => undefined);
}
