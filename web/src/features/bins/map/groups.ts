import type { BinPoint, Cluster } from "~/api/types";
import { project, worldSize, type LatLng } from "./mercator";

/** What is drawn at one place: a bin, or several that would lie on each other. */
export type Mark = LatLng &
  Readonly<{
    key: string;
    count: number;
    /** Those we know one by one; empty where the platform already counted. */
    bins: readonly BinPoint[];
    /** How many lie below it: it is chosen and stands above all others. */
    covers?: number;
  }>;

type Group = { lat: number; lng: number; count: number; key: string; bins: BinPoint[]; x: number; y: number };

/** Pixels between the middles of two marks: less, and a finger meets both. */
const APART = { bin: 38, cluster: 48 };

/** Pixels from the middle of the chosen mark, which is larger, to that of another. */
const COVERED = 48;

/** Bins and clusters as marks that keep apart at `zoom`. The order of what comes in decides, and stays. */
export function marksOf(bins: readonly BinPoint[], clusters: readonly Cluster[], zoom: number): Mark[] {
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

/** The group moves to the middle of what it holds; where it was first decides what joins. */
function join(group: Group, place: LatLng, count: number, bin: BinPoint | undefined) {
  const total = group.count + count;
  group.lat += ((place.lat - group.lat) * count) / total;
  group.lng += ((place.lng - group.lng) * count) / total;
  group.count = total;
  if (bin) group.bins.push(bin);
}

/** `marks` with `chosen` above them all, in the place of those that it would cover in part. */
export function withChosen(marks: readonly Mark[], chosen: BinPoint, zoom: number): Mark[] {
  const world = worldSize(zoom);
  const middle = project(chosen);
  const covered = (mark: Mark) => {
    const { x, y } = project(mark);
    return Math.hypot(x - middle.x, y - middle.y) * world < COVERED;
  };
  const covers = marks.filter(covered).reduce((sum, { count }) => sum + count, 0);
  const { lat, lng } = chosen;
  return [
    ...marks.filter((mark) => !covered(mark)),
    { key: chosen.id, lat, lng, count: 1, bins: [chosen], covers },
  ];
}
