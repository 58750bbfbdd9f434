/** What this device stores for features: one IndexedDB database, with an object store for each kind of rows. */
import { openDB, type IDBPDatabase, type IDBPObjectStore } from "idb";

/** What every object store holds: its rows are found by `id`. */
export type Row = Readonly<{ id: string }>;

/**
 * The object stores, in the order in which versions of the app added them. A new kind of rows is a name at the end: the
 * database of an earlier version gets the stores it lacks, and keeps what the others hold. No name is ever removed or moved.
 */
const STORES = ["photos", "items", "bins", "messages", "reviews", "due", "rooms", "files"] as const;

const NAME = "bunri";
/** The channel's name is older than this file: tabs of earlier versions listen to it, too. */
const CHANNEL = "bunri.queue";
/** Errors of a connection that was closed meanwhile; a new one may work. */
const CLOSED: ReadonlySet<string> = new Set(["InvalidStateError", "UnknownError"]);

type ObjectStore<Mode extends IDBTransactionMode> = IDBPObjectStore<unknown, [string], string, Mode>;

export type Database<StoreName extends string> = Readonly<{
  /**
   * Runs `work` in one transaction and resolves when that is on the disk. Rejects when the database is full, forbidden
   * (private window) or does not answer.
   */
  transact: <Mode extends "readonly" | "readwrite", Result>(
    mode: Mode,
    store: StoreName,
    work: (store: ObjectStore<Mode>) => Promise<Result> | undefined,
  ) => Promise<Result>;
  /** Calls `listener` when another tab changed rows of `store`. */
  onChangedElsewhere: (store: StoreName, listener: () => void) => void;
}>;

/** A database with these object stores; opened at the first transaction, and again when the browser closed it. */
export function makeDatabase<StoreName extends string>(stores: readonly StoreName[]): Database<StoreName> {
  let connection: Promise<IDBPDatabase> | null = null;
  const tabs = typeof BroadcastChannel === "undefined" ? null : new BroadcastChannel(CHANNEL);

  const connect = (): Promise<IDBPDatabase> => {
    if (connection) return connection;
    const drop = () => {
      if (connection === opened) connection = null;
    };
    const opened = open(stores, drop);
    opened.catch(drop);
    connection = opened;
    return opened;
  };

  const transactOnce = async <Mode extends "readonly" | "readwrite", Result>(
    mode: Mode,
    store: string,
    work: (store: ObjectStore<Mode>) => Promise<Result> | undefined,
  ): Promise<Result> => {
    const transaction = (await connect()).transaction(store, mode);
    const [result] = await Promise.all([work(transaction.store), transaction.done]);
    if (mode === "readwrite") tabs?.postMessage(store);
    return result as Result;
  };

  return {
    async transact(mode, store, work) {
      try {
        return await transactOnce(mode, store, work);
      } catch (error) {
        if (!(error instanceof DOMException) || !CLOSED.has(error.name)) throw error;
        connection = null;
        return transactOnce(mode, store, work);
      }
    },
    onChangedElsewhere(store, listener) {
      tabs?.addEventListener("message", ({ data: changed }: MessageEvent<unknown>) => {
        // A tab of an earlier version does not say which store.
        if (changed === store || changed === null) listener();
      });
    },
  };
}

/** Opens a connection; `onClosed` is called when it cannot be used any more. */
function open(stores: readonly string[], onClosed: () => void): Promise<IDBPDatabase> {
  return new Promise((resolve, reject) => {
    openDB(NAME, stores.length, {
      upgrade(database) {
        for (const store of stores) {
          if (!database.objectStoreNames.contains(store))
            database.createObjectStore(store, { keyPath: "id" });
        }
      },
      blocked: () => {
        reject(new Error("another tab holds an older version open"));
      },
      blocking(_old, _new, event) {
        (event.target as IDBDatabase).close(); // a newer version in another tab waits for it
        onClosed();
      },
      terminated: onClosed, // the browser cleared it, or lost its disk
    }).then(resolve, reject);
  });
}

/** The database of this device, shared by all features. */
export const database = makeDatabase(STORES);
