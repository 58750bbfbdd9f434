import "fake-indexeddb/auto"; // the classes that idb looks for
import { IDBFactory, IDBObjectStore } from "fake-indexeddb";
import { vi } from "vitest";

type Row = Readonly<{ id: string }>;

const clone = structuredClone;

/** Replaces the browser's IndexedDB by an empty one in memory. It stays when modules are loaded anew, as a disk does. */
export function makeFakeDatabase(): void {
  vi.stubGlobal("indexedDB", new IDBFactory());
  // Node knows no Blob of jsdom's. A Blob never changes: it is its own clone.
  vi.stubGlobal("structuredClone", (row: Row & { photo?: Blob }) => {
    const { photo, ...others } = row;
    return photo ? { ...clone(others), photo } : clone(row);
  });
}

/** The rows in the database. */
export function rows(): Promise<readonly Row[]> {
  return ask("readonly", (photos) => photos.getAll() as IDBRequest<Row[]>);
}

/** Writes a row as another tab would, or another version. */
export async function write(row: Row): Promise<void> {
  await ask("readwrite", (photos) => photos.put(row));
}

function ask<T>(mode: IDBTransactionMode, work: (photos: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  return new Promise((resolve) => {
    const opening = indexedDB.open("bunri");
    opening.onsuccess = () => {
      const connection = opening.result;
      const transaction = connection.transaction("photos", mode);
      const request = work(transaction.objectStore("photos"));
      transaction.oncomplete = () => {
        connection.close();
        resolve(request.result);
      };
    };
  });
}

/** Makes every write fail as on a full disk, until the returned function is called. */
export function fillDisk(): () => void {
  const put = vi.spyOn(IDBObjectStore.prototype, "put").mockImplementation(function (this: IDBObjectStore) {
    const request = this.getKey("any") as IDBRequest<IDBValidKey>;
    this.transaction.abort();
    Object.assign(this.transaction, { error: new DOMException("full", "QuotaExceededError") });
    return request;
  });
  return () => put.mockRestore();
}
