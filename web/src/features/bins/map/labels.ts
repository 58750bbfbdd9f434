import type { Language } from "~/preferences/store";
import DISTRICTS from "./districts.json";
import { project, worldSize, type LatLng, type Size, type Spot, type View } from "./mercator";

export type Label = LatLng & Readonly<{ text: string }>;
export type Drawn = Label & Readonly<{ below: boolean }>;
type Addressed = LatLng & Readonly<{ address: string | null }>;

/** From here on the parts of a district are named, too. */
const CLOSE = 13;
/** Pixels that a letter takes, and that stay free around a name. */
const LETTER = { korean: 13, latin: 7.5 };
const FREE = { x: 24, y: 26 };
/** Pixels that a marker covers, and by how many a covered name moves down. */
const COVER = { x: 44, y: 26 };
const BELOW = 36;
/** For a wide screen; on a phone fewer have room. */
const MOST = 40;

/**
 * Names of districts (scripts/districts.mjs); from near first of roads and villages, where the bins' addresses say they are,
 * those with more bins first. Addresses are in Korean, whatever the language.
 */
export function namesOf(bins: readonly Addressed[], zoom: number, language: Language): Label[] {
  const districts = DISTRICTS.map((district) => ({
    text: district[language],
    lat: district.lat,
    lng: district.lng,
  }));
  if (zoom < CLOSE) return districts;
  const places = new Map<string, Addressed[]>();
  for (const bin of bins) {
    const name = partOf(bin.address);
    if (name) places.set(name, [...(places.get(name) ?? []), bin]);
  }
  const parts = [...places].sort(([, a], [, b]) => b.length - a.length);
  return [...parts.map(([text, those]) => ({ text, ...middle(those) })), ...districts];
}

/** The road or village of an address, which goes from the large to the small: province, district, and that. */
function partOf(address: string | null): string | undefined {
  // Districts of a city stand between it and the road. A lane is named after its road and a number.
  const parts = (address ?? "").split(/\s+/).slice(2);
  return named(parts.find((part) => !/[\uad6c\uad70]$/.test(part))?.replace(/\d.*$/, ""));
}

function named(word: string | undefined): string | undefined {
  return word && word.length > 1 && !/\d/.test(word) ? word : undefined;
}

/** The labels that a map of `size` shows whole. */
export function inside(labels: readonly Label[], view: View, size: Size): Label[] {
  const world = worldSize(view.zoom);
  const middle = project(view);
  return labels.filter((label) => {
    const { x, y } = project(label);
    const [across, down] = [Math.abs(x - middle.x) * world, Math.abs(y - middle.y) * world];
    return across + widthOf(label.text) / 2 <= size.width / 2 && down + FREE.y / 2 <= size.height / 2;
  });
}

/** The labels that do not overlap an earlier one; `below` when a marker would cover it and it is moved down. */
export function apart(labels: readonly Label[], markers: readonly LatLng[], zoom: number): Drawn[] {
  const world = worldSize(zoom);
  const pixels = (place: LatLng) => {
    const { x, y } = project(place);
    return { x: x * world, y: y * world };
  };
  const covering = markers.map(pixels);
  const taken: Taken[] = [];
  return labels
    .flatMap((label) => {
      const spot = pixels(label);
      const below = covering.some((mark) => meets(mark, spot, COVER));
      const own = { x: spot.x, y: spot.y + (below ? BELOW : 0) };
      const width = widthOf(label.text);
      const room = (other: Taken) => ({ x: (width + other.width) / 2 + FREE.x, y: FREE.y });
      if (taken.some((other) => meets(other, own, room(other)))) return [];
      if (below && covering.some((mark) => meets(mark, own, COVER))) return [];
      taken.push({ ...own, width });
      return [{ ...label, below }];
    })
    .slice(0, MOST);
}

type Taken = Spot & Readonly<{ width: number }>;

function widthOf(text: string): number {
  return Array.from(text, (letter) => (letter < "\u1100" ? LETTER.latin : LETTER.korean)).reduce(
    (sum, one) => sum + one,
    0,
  );
}

function meets(a: Spot, b: Spot, room: Spot): boolean {
  return Math.abs(a.x - b.x) < room.x && Math.abs(a.y - b.y) < room.y;
}

/** The median: one of the values, whatever the outliers are. */
function middle(places: readonly LatLng[]): LatLng {
  const half = (values: number[]) => values.sort((a, b) => a - b)[values.length >> 1] ?? 0;
  return { lat: half(places.map(({ lat }) => lat)), lng: half(places.map(({ lng }) => lng)) };
}
