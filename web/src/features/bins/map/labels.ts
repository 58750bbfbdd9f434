import { project, worldSize, type LatLng, type Spot } from "./mercator";

export type Label = LatLng & Readonly<{ text: string }>;
export type Drawn = Label & Readonly<{ below: boolean }>;
type Addressed = LatLng & Readonly<{ address: string | null }>;

/** From here on the parts of a district are named, before it the districts. */
const CLOSE = 13;
/** Pixels that a name takes, that a marker covers, and by how many a covered name moves down. */
const ROOM = { x: 76, y: 26 };
const COVER = { x: 44, y: 26 };
const BELOW = 36;
const MOST = 14;

/** Names of districts, or of roads and villages, where the bins' addresses say they are; those with more bins first. */
export function namesOf(bins: readonly Addressed[], zoom: number): Label[] {
  const places = new Map<string, Addressed[]>();
  for (const bin of bins) {
    const name = partOf(bin.address, zoom);
    if (name) places.set(name, [...(places.get(name) ?? []), bin]);
  }
  const named = [...places].sort(([, a], [, b]) => b.length - a.length);
  return named.map(([text, those]) => ({ text, ...middle(those) }));
}

/** Addresses go from the large to the small: province, district, road or village. */
function partOf(address: string | null, zoom: number): string | undefined {
  const [, district, part] = (address ?? "").split(/\s+/);
  if (zoom < CLOSE) return named(district);
  // A lane is named after its road and a number.
  return named(part?.replace(/\d.*$/, "")) ?? named(district);
}

function named(word: string | undefined): string | undefined {
  return word && word.length > 1 && !/\d/.test(word) ? word : undefined;
}

/** The labels that do not overlap an earlier one; `below` when a marker would cover it and it is moved down. */
export function apart(labels: readonly Label[], markers: readonly LatLng[], zoom: number): Drawn[] {
  const world = worldSize(zoom);
  const pixels = (place: LatLng) => {
    const { x, y } = project(place);
    return { x: x * world, y: y * world };
  };
  const covering = markers.map(pixels);
  const taken: Spot[] = [];
  return labels
    .flatMap((label) => {
      const spot = pixels(label);
      const below = covering.some((mark) => meets(mark, spot, COVER));
      const own = { x: spot.x, y: spot.y + (below ? BELOW : 0) };
      if (taken.some((other) => meets(other, own, ROOM))) return [];
      if (below && covering.some((mark) => meets(mark, own, COVER))) return [];
      taken.push(own);
      return [{ ...label, below }];
    })
    .slice(0, MOST);
}

function meets(a: Spot, b: Spot, room: Spot): boolean {
  return Math.abs(a.x - b.x) < room.x && Math.abs(a.y - b.y) < room.y;
}

/** The median: one of the values, whatever the outliers are. */
function middle(places: readonly LatLng[]): LatLng {
  const half = (values: number[]) => values.sort((a, b) => a - b)[values.length >> 1] ?? 0;
  return { lat: half(places.map(({ lat }) => lat)), lng: half(places.map(({ lng }) => lng)) };
}
