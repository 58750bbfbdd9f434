/** The answers of the platform, made of what this device saw last. */
import type { BinKind, BinMap, NearbyBin } from "~/api/types";
import type { Known } from "~/features/advice/stored/orStored";
import type { StoredBin, StoredBins } from "~/outbox/bins/store";
import { holds, metresBetween, type Bounds, type LatLng } from "../map/mercator";

/** Metres beyond which a bin is not near: of what is there, this device may know nothing. */
const NEAR_M = 10_000;
/** Degrees across from which a map shows the whole country's clusters instead of single bins. */
const WIDE = 1;
/** A bin counts as full for a day. */
const DAY_MS = 86_400_000;

/** The bins nearest to `point`, nearest first; null when none is near. */
export function nearbyStored(
  { bins }: StoredBins,
  point: LatLng,
  kinds: readonly BinKind[],
  limit: number,
): Known<NearbyBin[]> | null {
  const found = bins
    .filter(isOf(kinds))
    .map((bin) => ({ bin, distance_m: metresBetween(point, bin) }))
    .filter(({ distance_m }) => distance_m <= NEAR_M)
    .sort((a, b) => a.distance_m - b.distance_m)
    .slice(0, limit);
  if (found.length === 0) return null;
  return {
    value: found.map(({ bin, distance_m }) => ({ ...shown(bin), distance_m })),
    asOf: Math.min(...found.map(({ bin }) => bin.seen)),
  };
}

/** What the map shows of `area`. Nothing where nothing is known, for this device cannot tell that there are none. */
export function withinStored(
  { bins, all, credits }: StoredBins,
  area: Bounds,
  kinds: readonly BinKind[],
): Known<BinMap> | null {
  const wide = Math.max(area.north - area.south, area.east - area.west) >= WIDE;
  if (wide && all && kinds.length === 0) {
    const [points, clusters] = [all.map.bins, all.map.clusters].map((some) =>
      some.filter((one) => holds(area, one)),
    );
    const value = { ...all.map, bins: points as BinMap["bins"], clusters: clusters as BinMap["clusters"] };
    return { value, asOf: all.seen };
  }
  const there = bins.filter((bin) => holds(area, bin));
  const wanted = there.filter(isOf(kinds));
  return {
    value: { bins: wanted.map(shown), clusters: [], kinds: counted(there), total: wanted.length, credits },
    asOf: Math.min(...wanted.map(({ seen }) => seen), Date.now()),
  };
}

/** All bins of the country; null while they were never fetched. */
export function allStored({ all }: StoredBins): Known<BinMap> | null {
  return all && { value: all.map, asOf: all.seen };
}

function isOf(kinds: readonly BinKind[]) {
  return ({ kind }: StoredBin) => kinds.length === 0 || kinds.includes(kind);
}

function shown({ seen, ...bin }: StoredBin) {
  return { ...bin, full: bin.full && Date.now() - seen < DAY_MS };
}

function counted(bins: readonly StoredBin[]): BinMap["kinds"] {
  const counts = new Map<BinKind, number>();
  for (const { kind } of bins) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return [...counts].map(([kind, count]) => ({ kind, count })).sort((a, b) => b.count - a.count);
}
