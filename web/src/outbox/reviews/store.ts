/** What this device stores of reviews that the server does not know yet. */
import type { RatingName } from "~/api/types";
import { database } from "../database";
import { makeRowStore } from "../rowStore";

type Waiting = Readonly<{
  id: string;
  /** The id of who did it; empty where nobody was signed in yet. */
  by: string;
  /** When, ms since 1970; no two are the same, so that it also tells their order. */
  at: number;
  /** It was sent before, and nobody knows whether it arrived. */
  tried: boolean;
}>;

/** A card that was asked, and how well it was known. */
export type StoredReview = Waiting &
  Readonly<{
    kind: "review";
    card: string;
    rating: RatingName;
    /** What was typed. */
    answer: string | null;
    /** How long the card was looked at. */
    seconds: number;
  }>;

/** Another rating for a review that the server has, or may have. */
export type StoredOverrule = Waiting &
  Readonly<{ kind: "overrule"; review: string; card: string; rating: RatingName }>;

/** A review that the server has, or may have, and that is taken back. */
export type StoredUndo = Waiting & Readonly<{ kind: "undo"; review: string; card: string }>;

export type Entry = StoredReview | StoredOverrule | StoredUndo;

const rows = makeRowStore<Entry, "reviews">(database, "reviews");

/** Calls `listener` when another tab changed what is stored. */
export const { onChangedElsewhere } = rows;

/** Everything that waits, in the order in which it happened; null when the database does not answer. */
export async function storedEntries(): Promise<readonly Entry[] | null> {
  const all = await rows.all();
  return all && [...all].sort((a, b) => a.at - b.at);
}

/** Stores an entry, and tells whether it is on the disk. */
export function storeEntry(entry: Entry): Promise<boolean> {
  return rows.put(entry);
}

/** Writes down that `entry` is being sent. False when it is gone: another tab has sent it, or it was taken back. */
export async function markTried(entry: Entry): Promise<boolean> {
  return (await rows.update(entry, (row) => ({ ...row, tried: true }))) !== null;
}

/** Changes the rating of a review that was never sent. False when it was, or is gone. */
export async function changeRating(review: StoredReview, rating: RatingName): Promise<boolean> {
  let changed = false;
  await rows.update(review, (row) => {
    if (row.kind !== "review" || row.tried) return row;
    changed = true;
    return { ...row, rating };
  });
  return changed;
}

export function removeEntry(id: string): Promise<void> {
  return rows.remove(id);
}

export function removeAllEntries(): Promise<void> {
  return rows.removeAll();
}
