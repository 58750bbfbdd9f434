import type { Marker } from "./groups";
import { project, unproject, worldSize, type LatLng, type Spot } from "./mercator";

/**
 * The shape of the person's point on the map: a disc of `radius` pixels, drawn upwards over `height` pixels. A dot for where the
 * person is, a pin with its tip at the point for a place.
 */
type Shape = Readonly<{ radius: number; height: number }>;
const DOT: Shape = { radius: 18, height: 0 };
const PIN: Shape = { radius: 16, height: 28 };

/** Pixels between the point and a marker, and between two markers. */
const GAP = 3;
/** The smallest distance between the middles of two markers: closer, a finger would touch both. */
const APART = 38;
/** Degrees by which a marker is turned aside at a time until it is free, and how far in each direction. */
const TURN = 15;
const MOST_TURN = 180;
/** The longest way that is tried, in pixels, and the length of a step of it. */
const REACH = 96;
const STEP = 2;

/**
 * `markers` with those that would cover the point, or be covered by it, drawn beside it. Each of them tells in `home` where it
 * belongs. The same markers and point give the same places.
 */
export function clearOf(
  markers: readonly Marker[],
  point: LatLng,
  here: boolean,
  zoom: number,
): readonly Marker[] {
  const world = worldSize(zoom);
  const middle = project(point);
  const shape = here ? DOT : PIN;
  const pixels = (place: LatLng): Spot => {
    const { x, y } = project(place);
    return { x: (x - middle.x) * world, y: (y - middle.y) * world };
  };
  const all = markers.map((marker) => ({ marker, spot: pixels(marker), radius: radiusOf(marker) }));
  const isClear = ({ spot, radius }: Placed) => distanceTo(shape, spot) >= shape.radius + radius + GAP;
  const placed: Placed[] = all.filter(isClear);
  const covering = all.filter((one) => !isClear(one));
  if (covering.length === 0) return markers;
  // The one that has the shortest way goes first.
  covering.sort((a, b) => distanceTo(shape, b.spot) - distanceTo(shape, a.spot));
  const moved = new Map<string, Marker>();
  for (const { marker, spot, radius } of covering) {
    const free = freeSpot({ spot, radius }, shape, placed);
    placed.push({ spot: free, radius });
    const to = unproject({ x: middle.x + free.x / world, y: middle.y + free.y / world });
    moved.set(marker.key, { ...marker, ...to, home: { lat: marker.lat, lng: marker.lng } });
  }
  return markers.map((marker) => moved.get(marker.key) ?? marker);
}

type Placed = Readonly<{ spot: Spot; radius: number }>;

/** The radius at which a marker is drawn (map.module.css), in pixels. */
function radiusOf({ count, covers }: Marker): number {
  if (covers !== undefined) return 25;
  if (count === 1) return 16;
  return count < 100 ? 20 : count < 1000 ? 22 : 26;
}

/** The first spot beside the point that no other marker has: straight away from it, else turned to either side. */
function freeSpot({ spot, radius }: Placed, shape: Shape, others: readonly Placed[]): Spot {
  const from = nearestOf(shape, spot);
  const [dx, dy] = [spot.x - from.x, spot.y - from.y];
  // What lies on the point itself goes down: above it stands the pin.
  const away = dx === 0 && dy === 0 ? Math.PI / 2 : Math.atan2(dy, dx);
  const at = (degrees: number) =>
    outside(from, away + (degrees * Math.PI) / 180, shape, shape.radius + radius + GAP);
  for (let turn = 0; turn <= MOST_TURN; turn += TURN) {
    for (const degrees of turn ? [turn, -turn] : [0]) {
      const free = at(degrees);
      const room = (other: Placed) => Math.max(APART, radius + other.radius + GAP);
      if (others.every((other) => Math.hypot(other.spot.x - free.x, other.spot.y - free.y) >= room(other)))
        return free;
    }
  }
  return at(0);
}

/** The first spot from `from` in the direction `angle` that is `distance` away from the point's line. */
function outside(from: Spot, angle: number, shape: Shape, distance: number): Spot {
  for (let way = 0; way < REACH; way += STEP) {
    const spot = { x: from.x + way * Math.cos(angle), y: from.y + way * Math.sin(angle) };
    if (distanceTo(shape, spot) >= distance) return spot;
  }
  return { x: from.x + REACH * Math.cos(angle), y: from.y + REACH * Math.sin(angle) };
}

/** The nearest spot of the line from the point upwards. */
function nearestOf({ height }: Shape, { y }: Spot): Spot {
  return { x: 0, y: Math.min(Math.max(y, -height), 0) };
}

function distanceTo(shape: Shape, spot: Spot): number {
  const { x, y } = nearestOf(shape, spot);
  return Math.hypot(spot.x - x, spot.y - y);
}
