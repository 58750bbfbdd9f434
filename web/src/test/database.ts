import { vi } from "vitest";

type Row = { readonly id: string };
type Opening = {
  result: Connection | null;
  error: DOMException;
  onsuccess: (() => void) | null;
  onerror: (() => void) | null;
};
type Request = { result: unknown; onsuccess: (() => void) | null };

/** IndexedDB as far as the queue needs it: one store, one transaction after the other. It outlives modules, as a disk does. */
export class Database {
  readonly rows = new Map<string, Row>();
  readonly connections: Connection[] = [];
  /** Takes nothing new. */
  full = false;
  /** Cannot be opened at all. */
  forbidden = false;
  last: Promise<void> = Promise.resolve();

  open() {
    const request: Opening = {
      result: null,
      error: new DOMException("forbidden", "SecurityError"),
      onsuccess: null,
      onerror: null,
    };
    queueMicrotask(() => {
      if (this.forbidden) {
        request.onerror?.();
        return;
      }
      const connection = new Connection(this);
      this.connections.push(connection);
      request.result = connection;
      request.onsuccess?.();
    });
    return request;
  }
}

class Connection {
  onclose: (() => void) | null = null;
  onversionchange: (() => void) | null = null;
  closed = false;

  constructor(private readonly database: Database) {}

  close() {
    this.closed = true;
  }

  transaction() {
    if (this.closed) throw new DOMException("closed", "InvalidStateError");
    const { database } = this;
    const waiting: (() => void)[] = [];
    const transaction = {
      error: null as DOMException | null,
      oncomplete: null as (() => void) | null,
      onabort: null as (() => void) | null,
      objectStore: () => store,
    };
    const ask = (work: () => unknown): Request => {
      const request: Request = { result: undefined, onsuccess: null };
      waiting.push(() => {
        request.result = work();
        request.onsuccess?.();
      });
      return request;
    };
    const store = {
      getAll: () => ask(() => [...database.rows.values()]),
      get: (id: string) => ask(() => database.rows.get(id)),
      put: (row: Row) =>
        ask(() => {
          if (database.full) throw new DOMException("full", "QuotaExceededError");
          database.rows.set(row.id, { ...row });
        }),
      delete: (id: string) => ask(() => database.rows.delete(id)),
      clear: () =>
        ask(() => {
          database.rows.clear();
        }),
    };
    database.last = database.last.then(() => {
      try {
        for (let next = waiting.shift(); next; next = waiting.shift()) next();
        transaction.oncomplete?.();
      } catch (error) {
        transaction.error = error as DOMException;
        transaction.onabort?.();
      }
    });
    return transaction;
  }
}

/** Puts a database where the browser's would be. */
export function playDatabase(): Database {
  const database = new Database();
  vi.stubGlobal("indexedDB", database);
  return database;
}
