import type { BinPoint, Cluster } from "~/api/types";
import { project, worldSize, type LatLng } from "./mercator";

/** A marker of the map: one bin, or a group of bins that would overlap. */
export type Marker = LatLng &
  Readonly<{
    key: string;
    count: number;
    /** The bins of the group; empty for a cluster, of which the server gives only the number. */
    bins: readonly BinPoint[];
    /** How many bins it covers: set for the chosen bin, which is drawn above all others. */
    covers?: number;
    /** Where it belongs, when it is drawn beside the person's point instead of on it. */
    home?: LatLng;
  }>;

type Group = { lat: number; lng: number; count: number; key: string; bins: BinPoint[]; x: number; y: number };

/** The smallest distance between the middles of two markers, in pixels: closer, a finger would touch both. */
const APART = { bin: 38, cluster: 48 };

/** The same for the chosen marker, which is larger. */
const COVERED = 48;

/** Groups bins and clusters to markers that do not overlap at `zoom`, in the order of the input. */
export function markersOf(bins: readonly BinPoint[], clusters: readonly Cluster[], zoom: number): Marker[] {
  const world = worldSize(zoom);
  const groups: Group[] = [];
  const add = (place: LatLng, count: number, key: string, bin?: BinPoint) => {
    const spot = project(place);
    const [x, y] = [spot.x * world, spot.y * world];
    const near = groups.find(
      (group) => Math.hypot(group.x - x, group.y - y) < (bin ? APART.bin : APART.cluster),
    );
    if (near) join(near, place, count, bin);
    else groups.push({ lat: place.lat, lng: place.lng, count, key, x, y, bins: bin ? [bin] : [] });
  };
  for (const cluster of clusters) add(cluster, cluster.count, `${cluster.lat},${cluster.lng}`);
  for (const bin of bins) add(bin, 1, bin.id, bin);
  return groups.map(({ key, lat, lng, count, bins: those }) => ({ key, lat, lng, count, bins: those }));
}

/** Moves the group to the mean of its bins. What joins is decided by where the group began. */
function join(group: Group, place: LatLng, count: number, bin: BinPoint | undefined) {
  const total = group.count + count;
  group.lat += ((place.lat - group.lat) * count) / total;
  group.lng += ((place.lng - group.lng) * count) / total;
  group.count = total;
  if (bin) group.bins.push(bin);
}

/** `markers` with the chosen bin above them, and without those that it would cover in part. */
export function withChosen(markers: readonly Marker[], chosen: BinPoint, zoom: number): Marker[] {
  const world = worldSize(zoom);
  const middle = project(chosen);
  const covered = (marker: Marker) => {
    const { x, y } = project(marker);
    return Math.hypot(x - middle.x, y - middle.y) * world < COVERED;
  };
  const covers = markers.filter(covered).reduce((sum, { count }) => sum + count, 0);
  const { lat, lng } = chosen;
  return [
    ...markers.filter((marker) => !covered(marker)),
    { key: chosen.id, lat, lng, count: 1, bins: [chosen], covers },
  ];
}
