/** The cards that were due when the server was last asked, with their pictures: a review goes on without a network. */
import { person } from "~/api/session";
import type { DueCards } from "~/api/types";
import { database } from "../database";
import { makeRowStore } from "../rowStore";

/** What was due, and when the server said so, ms since 1970. */
export type StoredDue = Readonly<{ due: DueCards; asOf: number }>;

type List = StoredDue & Readonly<{ id: typeof LIST; by: string }>;
type Picture = Readonly<{ id: string; picture: Blob }>;

const LIST = "list";
/** As many as the server gives at once. */
export const MOST_CARDS = 200;
/** Together, in bytes; cards that come later are kept without. */
const MOST_PICTURES = 30_000_000;

const rows = makeRowStore<List | Picture, "due">(database, "due");

/** What is stored of whoever is signed in; null for nothing. */
export async function storedDue(): Promise<StoredDue | null> {
  const row = await rows.get(LIST).catch(() => null);
  return row && "due" in row && row.by === person()?.id ? { due: row.due, asOf: row.asOf } : null;
}

/** Keeps what is due now, and its pictures instead of those of cards that are due no more. */
export async function storeDue(due: DueCards, asOf: number): Promise<void> {
  const by = person()?.id;
  if (!by) return;
  const cards = due.cards.slice(0, MOST_CARDS);
  await rows.put({ id: LIST, by, asOf, due: { ...due, cards } });
  await keepPictures(new Map(cards.flatMap(({ media }) => Object.entries(media))));
}

/** The addresses of these pictures on this device; of those that are here. To be given back by `URL.revokeObjectURL`. */
export async function storedPictures(ids: readonly string[]): Promise<Readonly<Record<string, string>>> {
  const found: Record<string, string> = {};
  for (const id of ids) {
    const row = await rows.get(id).catch(() => null);
    if (row && "picture" in row) found[id] = URL.createObjectURL(row.picture);
  }
  return found;
}

export function removeStoredDue(): Promise<void> {
  return rows.removeAll();
}

async function keepPictures(addresses: ReadonlyMap<string, string>): Promise<void> {
  const pictures = ((await rows.all()) ?? []).filter((row) => "picture" in row);
  let bytes = 0;
  for (const { id, picture } of pictures) {
    if (addresses.has(id)) bytes += picture.size;
    else await rows.remove(id);
  }
  const here = new Set(pictures.map(({ id }) => id));
  for (const [id, address] of addresses) {
    if (here.has(id) || bytes > MOST_PICTURES) continue;
    try {
      const response = await fetch(address);
      if (!response.ok) continue;
      const picture = await response.blob();
      bytes += picture.size;
      await rows.put({ id, picture });
    } catch {
      return; // the network is gone; what is missing comes with the next list
    }
  }
}
