/** The items of the rule table on this device, for times without a network: in the language and by the rules last asked for. */
import { api } from "~/api/client";
import { Problem } from "~/api/problem";
import type { StoredItem } from "~/api/types";
import { language } from "~/i18n";
import { database } from "~/outbox/database";
import { makeRowStore } from "~/outbox/rowStore";
import { onPreferences, preferences } from "~/preferences/store";
import { makeIndex, type Index } from "./find";

type Row = Readonly<{
  /** The language and the region. */
  id: string;
  etag: string | null;
  /** When the server last said that they are these, ms since 1970. */
  asOf: number;
  items: readonly StoredItem[];
}>;

export type StoredItems = Readonly<{ asOf: number; items: ReadonlyMap<string, StoredItem>; index: Index }>;

/** The server is asked at most so often whether they changed. */
const FRESH_MS = 10 * 60_000;
/** Nothing on the page waits for them: they come after what it shows. */
const LATER_MS = 2_000;

const rows = makeRowStore<Row, "items">(database, "items");
const read = new Map<string, Promise<StoredItems | null>>();
rows.onChangedElsewhere(() => {
  read.clear();
});

function currentId(): string {
  return `${language()} ${preferences().region ?? ""}`;
}

/** What is stored for the language and the region in use; null when that is nothing. */
export function storedItems(): Promise<StoredItems | null> {
  const id = currentId();
  const known =
    read.get(id) ??
    rows.get(id).then(
      (row) => row && prepared(row),
      () => null,
    );
  read.clear(); // one is enough: it takes some megabytes
  read.set(id, known);
  return known;
}

function prepared({ asOf, items }: Row): StoredItems {
  return { asOf, items: new Map(items.map((one) => [one.item, one])), index: makeIndex(items) };
}

/** Stores the items as the server has them now, unless it said so a short time ago. Without a network nothing changes. */
export async function refreshItems(): Promise<void> {
  const id = currentId();
  const { region } = preferences();
  const kept = await rows.get(id).catch(() => null);
  if (!navigator.onLine || (kept && Date.now() - kept.asOf < FRESH_MS)) return;
  try {
    const { data, response } = await api.GET("/api/v1/recycling/items", {
      params: { query: region ? { region } : {} },
      headers: kept?.etag ? { "If-None-Match": kept.etag } : {},
    });
    if (!data) return;
    await rows.put({ id, etag: response.headers.get("ETag"), asOf: Date.now(), items: data.items });
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    if (error.details.status !== 304 || !kept) return; // asked again at the next visit
    await rows.put({ ...kept, asOf: Date.now() });
  }
  read.delete(id);
}

/** Keeps the items up to date: with each visit, when the network is back, and for another language or region. */
export function keepItems(): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const later = () => {
    clearTimeout(timer);
    timer = setTimeout(() => void refreshItems(), LATER_MS);
  };
  onPreferences(later);
  window.addEventListener("online", later);
  later();
}
