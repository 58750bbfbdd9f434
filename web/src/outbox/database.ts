/** What waits on this device for the platform: one IndexedDB database of all features, an object store each. */
import { openDB, type DBSchema, type IDBPDatabase, type IDBPObjectStore } from "idb";

/** Photos on their way to an analysis. The name is older than this file: rows of earlier versions are read. */
export const PHOTOS = "photos";

type StoreName = typeof PHOTOS;
type Row = Readonly<{ id: string }>;
type Schema = DBSchema & Record<StoreName, { key: string; value: Row }>;
type Store<Mode extends IDBTransactionMode> = IDBPObjectStore<Schema, [StoreName], StoreName, Mode>;

const DATABASE = "bunri";
/** A new object store raises this and is made in `upgrade`, which keeps what the others hold. */
const VERSION = 1;
/** Errors of a connection that was closed meanwhile; a new one may work. */
const CLOSED: ReadonlySet<string> = new Set(["InvalidStateError", "UnknownError"]);

let connection: Promise<IDBPDatabase<Schema>> | null = null;
const tabs = typeof BroadcastChannel === "undefined" ? null : new BroadcastChannel("bunri.queue");

/** Calls `listener` when another tab changed what is kept. */
export function onChangedElsewhere(listener: () => void): void {
  tabs?.addEventListener("message", listener);
}

function open(): Promise<IDBPDatabase<Schema>> {
  if (connection) return connection;
  const drop = () => {
    if (connection === opened) connection = null;
  };
  const opened = new Promise<IDBPDatabase<Schema>>((resolve, reject) => {
    openDB<Schema>(DATABASE, VERSION, {
      upgrade(database) {
        if (!database.objectStoreNames.contains(PHOTOS))
          database.createObjectStore(PHOTOS, { keyPath: "id" });
      },
      blocked: () => {
        reject(new Error("another tab holds an older version open"));
      },
      blocking(_old, _new, event) {
        (event.target as IDBDatabase).close(); // a newer version in another tab waits for it
        drop();
      },
      terminated: drop, // the browser cleared it, or lost its disk
    }).then(resolve, reject);
  });
  opened.catch(drop);
  connection = opened;
  return opened;
}

/**
 * Runs `work` in one transaction and resolves when that is on the disk. Rejects when the database is full, forbidden
 * (private window) or does not answer.
 */
export async function transact<Mode extends "readonly" | "readwrite", Result>(
  mode: Mode,
  store: StoreName,
  work: (store: Store<Mode>) => Promise<Result> | undefined,
): Promise<Result> {
  try {
    return await transactOnce(mode, store, work);
  } catch (error) {
    if (!(error instanceof DOMException) || !CLOSED.has(error.name)) throw error;
    connection = null;
    return transactOnce(mode, store, work);
  }
}

async function transactOnce<Mode extends "readonly" | "readwrite", Result>(
  mode: Mode,
  name: StoreName,
  work: (store: Store<Mode>) => Promise<Result> | undefined,
): Promise<Result> {
  const database = await open();
  const transaction = database.transaction(name, mode);
  const [result] = await Promise.all([work(transaction.store), transaction.done]);
  if (mode === "readwrite") tabs?.postMessage(null);
  return result as Result;
}

/** Empties an object store. */
export async function forgetRows(store: StoreName): Promise<void> {
  await transact("readwrite", store, (rows) => rows.clear());
}
