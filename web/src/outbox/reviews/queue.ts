/** What pages do with reviews: write them down, rate them otherwise, take them back. */
import { onSessionEnded, onSessionStarted, person } from "~/api/session";
import type { RatingName } from "~/api/types";
import { betweenSends, flush, forgetPauses } from "./delivery";
import { removeStoredDue } from "./due";
import { addEntry, clearList, dropEntries, entries, refresh } from "./list";
import { changeRating, onChangedElsewhere, removeAllEntries } from "./store";
import { uuidV7 } from "./uuid";

type NewReview = Readonly<{
  /** One that was made before, where the server may know the review already. */
  id?: string;
  card: string;
  rating: RatingName;
  answer?: string | null;
  seconds: number;
}>;

onChangedElsewhere(() => void refresh());

/** Reads what an earlier visit or another tab stored, and sends it. */
export async function resume(): Promise<void> {
  await refresh();
  await flush();
}

/** The same when the network is back: nothing waits for its next try any longer. */
export function resumeOnline(): Promise<void> {
  forgetPauses();
  return resume();
}

/** Stores a review and sends it as soon as possible. Gives its id; it is on the list when this returns. */
export function addReview({ id = uuidV7(), card, rating, answer = null, seconds }: NewReview): string {
  void addEntry({
    ...next(),
    id,
    kind: "review",
    card,
    rating,
    answer,
    seconds: Math.min(seconds, 3600),
  }).then(flush);
  return id;
}

/** Rates a review otherwise: before it was sent, it never was anything else. */
export async function overrule(review: string, card: string, rating: RatingName): Promise<void> {
  const place = next();
  await betweenSends(async () => {
    await refresh();
    const waits = entries().find(({ id }) => id === review);
    if (waits?.kind === "review" && (await changeRating(waits, rating))) return refresh();
    await addEntry({
      ...place,
      id: `overrule:${review}:${Date.now()}`,
      kind: "overrule",
      review,
      card,
      rating,
    });
  });
  await flush();
}

/** Takes a review back. One that was never sent is removed; else the server is told. */
export async function undo(review: string, card: string): Promise<void> {
  const place = next(); // before what is reviewed while this waits: the server takes back the newest alone
  await betweenSends(async () => {
    await refresh();
    const mine = entries().filter(
      (one) => one.id === review || (one.kind === "overrule" && one.review === review),
    );
    const waits = mine.find(({ id }) => id === review);
    await dropEntries(mine.map(({ id }) => id));
    if (waits && !waits.tried) return;
    await addEntry({ ...place, id: `undo:${review}`, kind: "undo", review, card });
  });
  await flush();
}

/** Removes all that is stored of learning on this device, sent or not. */
export async function removeAllReviews(): Promise<void> {
  clearList();
  await removeAllEntries();
  await removeStoredDue();
}

// Who is signed in next must not send what another account has done.
onSessionEnded(clearList);
onSessionStarted(() => void resume());

/** Of the last thing that happened here, ms since 1970. */
let latest = 0;

function next() {
  latest = Math.max(Date.now(), latest + 1, (entries().at(-1)?.at ?? 0) + 1);
  return { by: person()?.id ?? "", at: latest, tried: false } as const;
}
