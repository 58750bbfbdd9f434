import type { Database, Row } from "./database";

/** The rows of one kind: on the disk, or in memory until the tab is closed where the database is full or forbidden. */
export type RowStore<R extends Row> = Readonly<{
  /** Every row; null when the database does not answer, so that nobody knows. */
  all: () => Promise<readonly R[] | null>;
  /** The rows that are held in memory. */
  inMemory: () => readonly R[];
  /** A row; null when there is none. Rejects when the database does not answer. */
  get: (id: string) => Promise<R | null>;
  /** Writes a row, and tells whether it is on the disk: otherwise it is lost with this tab. */
  put: (row: R) => Promise<boolean>;
  /**
   * Replaces the row of `own` by what `change` makes of it, in one transaction, and gives the new one; null when there is no
   * row, or `change` gives null: what one tab removed must not come back from another. When the database does not answer,
   * `own` is changed, and held in memory.
   */
  update: (own: R, change: (row: R) => R | null) => Promise<R | null>;
  remove: (id: string) => Promise<void>;
  removeAll: () => Promise<void>;
  /** Calls `listener` when another tab changed rows. */
  onChangedElsewhere: (listener: () => void) => void;
}>;

/** The rows of the object store `name`. */
export function makeRowStore<R extends Row, Name extends string>(
  { transact, onChangedElsewhere }: Database<Name>,
  name: Name,
): RowStore<R> {
  const memory = new Map<string, R>();

  const put = async (row: R): Promise<boolean> => {
    try {
      await transact("readwrite", name, (store) => store.put(row));
      memory.delete(row.id);
      return true;
    } catch {
      memory.set(row.id, row);
      return false;
    }
  };

  return {
    async all() {
      try {
        const stored = await transact("readonly", name, (store) => store.getAll() as Promise<R[]>);
        return [...stored.filter(({ id }) => !memory.has(id)), ...memory.values()];
      } catch {
        return null;
      }
    },
    inMemory: () => [...memory.values()],
    async get(id) {
      const held = memory.get(id);
      if (held) return held;
      const row = await transact("readonly", name, (store) => store.get(id) as Promise<R | undefined>);
      return row ?? null;
    },
    put,
    async update(own, change) {
      const held = memory.get(own.id);
      if (held) {
        const next = change(held);
        if (next) await put(next);
        return next;
      }
      try {
        return await transact("readwrite", name, async (store) => {
          const row = (await store.get(own.id)) as R | undefined;
          const next = row ? change(row) : null;
          if (next) await store.put(next);
          return next;
        });
      } catch {
        const next = change(own);
        if (next) memory.set(own.id, next);
        return next;
      }
    },
    async remove(id) {
      memory.delete(id);
      await transact("readwrite", name, (store) => store.delete(id)).catch(() => undefined);
    },
    async removeAll() {
      memory.clear();
      await transact("readwrite", name, (store) => store.clear()).catch(() => undefined);
    },
    onChangedElsewhere: (listener) => {
      onChangedElsewhere(name, listener);
    },
  };
}
