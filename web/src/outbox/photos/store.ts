import { forgetRows, onChangedElsewhere, PHOTOS, transact } from "../database";

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

/** In place of a database that is full or forbidden (private window): holds until the tab is closed. */
const memory = new Map<string, Row>();

/** Calls `listener` when another tab changed what is kept. */
export function onElsewhere(listener: () => void): void {
  onChangedElsewhere(listener);
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
    const stored = await transact("readonly", PHOTOS, (photos) => photos.getAll() as Promise<Row[]>);
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
      memory.get(own.id) ??
      (await transact("readonly", PHOTOS, (photos) => photos.get(own.id) as Promise<Row | undefined>));
    return isKept(row) ? whole(row) : null;
  } catch {
    return own;
  }
}

/** Keeps a row, and tells whether it is on the disk: otherwise it is lost with this tab. */
export async function keep(row: Row): Promise<boolean> {
  try {
    await transact("readwrite", PHOTOS, (photos) => photos.put(row));
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
    return await transact("readwrite", PHOTOS, async (photos) => {
      const row = (await photos.get(own.id)) as Row | undefined;
      if (!isKept(row)) return null;
      const next = { ...whole(row), ...news };
      await photos.put(next);
      return next;
    });
  } catch {
    const next = { ...own, ...news };
    memory.set(own.id, next);
    return next;
  }
}

export async function forget(id: string): Promise<void> {
  memory.delete(id);
  await transact("readwrite", PHOTOS, (photos) => photos.delete(id)).catch(() => undefined);
}

export async function forgetEverything(): Promise<void> {
  memory.clear();
  await forgetRows(PHOTOS).catch(() => undefined);
}
