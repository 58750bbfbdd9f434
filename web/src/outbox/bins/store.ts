/**
 * The bins that this device saw last, for times without a network: one row, without distances and without where the person was.
 * Where they are in it does not tell in which order they were seen, or from where.
 */
import { isForeign } from "~/api/sources";
import type { BinKind, BinMap, BinPoint, NearbyBin } from "~/api/types";
import { database } from "../database";
import { makeRowStore } from "../rowStore";

export type StoredBin = BinPoint &
  Readonly<{
    /** Where it is known from; empty for one that only the map showed. */
    source: string;
    /** When the server last told of it, ms since 1970, rounded down to an hour. */
    seen: number;
  }>;

export type StoredBins = Readonly<{
  /** By id. */
  bins: readonly StoredBin[];
  /** The map of the whole country, and when the server told it; null while it has not. */
  all: Readonly<{ map: BinMap; seen: number }> | null;
  /** Who is to be named beside them. */
  credits: BinMap["credits"];
}>;

type Row = StoredBins & Readonly<{ id: typeof ID }>;

/** South, west, north and east in WGS 84 degrees. */
type Area = Readonly<{ south: number; west: number; north: number; east: number }>;

const ID = "seen";
const NONE: StoredBins = { bins: [], all: null, credits: [] };
/** Some 600 kB. Those seen longest ago go first. */
export const MOST_BINS = 2_000;
const HOUR_MS = 3_600_000;

const rows = makeRowStore<Row, "bins">(database, "bins");

/** What is stored; null when that is nothing, or the database does not answer. */
export function storedBins(): Promise<StoredBins | null> {
  return rows.get(ID).catch(() => null);
}

/** Stores the bins of a list. Those of external map services are left out: they are not ours to store. */
export function storeNearby(bins: readonly NearbyBin[]): Promise<void> {
  const seen = lastHour();
  const own = bins.filter(({ source }) => !isForeign(source));
  return change((before) => ({ ...before, bins: newest([...before.bins, ...own.map(stored(seen))]) }));
}

/**
 * Stores what the map showed of `area`: its bins take the place of those of `kinds` (all when empty) that were known there.
 * Clusters tell of no bin, so they are left out.
 */
export function storeArea(map: BinMap, area: Area, kinds: readonly BinKind[]): Promise<void> {
  const seen = lastHour();
  if (map.clusters.length > 0) return Promise.resolve();
  return change((before) => {
    const gone = (bin: BinPoint) => holds(area, bin) && (kinds.length === 0 || kinds.includes(bin.kind));
    const sources = new Map(before.bins.map(({ id, source }) => [id, source]));
    const now = map.bins.map((bin) => stored(seen)({ ...bin, source: sources.get(bin.id) ?? "" }));
    const others = before.bins.filter((bin) => !gone(bin));
    return { ...before, bins: newest([...others, ...now]), credits: map.credits };
  });
}

/** Stores the map of the whole country. */
export function storeAll(map: BinMap): Promise<void> {
  const seen = lastHour();
  return change((before) => ({ ...before, all: { map, seen }, credits: map.credits }));
}

/** Removes all of it from this device. */
export function removeStoredBins(): Promise<void> {
  const removed = () => rows.removeAll();
  last = last.then(removed, removed);
  return last;
}

let last: Promise<void> = Promise.resolve();

/** One change after the other: of answers that come together none may undo another. */
function change(to: (before: StoredBins) => StoredBins): Promise<void> {
  const changed = async () => {
    const known = await rows.update({ id: ID, ...NONE }, (before) => ({ id: ID, ...to(before) }));
    if (!known) await rows.put({ id: ID, ...to(NONE) });
  };
  last = last.then(changed, changed);
  return last;
}

function lastHour(): number {
  return Math.floor(Date.now() / HOUR_MS) * HOUR_MS;
}

function stored(seen: number) {
  return ({
    id,
    kind,
    name,
    address,
    lat,
    lng,
    route_url,
    full,
    doubted,
    source,
  }: NearbyBin | (BinPoint & { source: string })) => ({
    id,
    kind,
    name,
    address: address ?? null,
    lat,
    lng,
    route_url,
    full,
    doubted,
    source,
    seen,
  });
}

/** Each bin once, as it was seen last, and of all the newest `MOST_BINS`, by id. */
function newest(bins: readonly StoredBin[]): readonly StoredBin[] {
  const once = [...new Map(bins.map((bin) => [bin.id, bin])).values()];
  const byId = (a: StoredBin, b: StoredBin) => (a.id < b.id ? -1 : 1);
  return once
    .sort((a, b) => b.seen - a.seen || byId(a, b))
    .slice(0, MOST_BINS)
    .sort(byId);
}

function holds({ south, west, north, east }: Area, { lat, lng }: BinPoint): boolean {
  return south <= lat && lat <= north && west <= lng && lng <= east;
}
