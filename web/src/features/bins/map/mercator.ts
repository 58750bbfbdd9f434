export type LatLng = Readonly<{ lat: number; lng: number }>;
/** A view of the map: its middle, and the zoom as MapLibre counts it. */
export type View = LatLng & Readonly<{ zoom: number }>;
export type Size = Readonly<{ width: number; height: number }>;
export type Bounds = Readonly<{ south: number; west: number; north: number; east: number }>;
/** A place in Web Mercator: from 0 at the north-west corner of the world to 1. */
export type Spot = Readonly<{ x: number; y: number }>;

const TILE = 512;
const EQUATOR_M = 40_075_016.7;
/** The mean radius of the earth (IUGG). */
const RADIUS_M = 6_371_008.8;
/** The latitude at which Web Mercator ends, which makes the world a square. */
const FURTHEST_LAT = 85.051129;

export const LEAST_ZOOM = 4;
export const MOST_ZOOM = 18;

/** Pixels around the world. */
export function worldSize(zoom: number): number {
  return TILE * 2 ** zoom;
}

export function project({ lat, lng }: LatLng): Spot {
  const sine = Math.sin((between(-FURTHEST_LAT, lat, FURTHEST_LAT) * Math.PI) / 180);
  return { x: lng / 360 + 0.5, y: 0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI) };
}

export function unproject({ x, y }: Spot): LatLng {
  return {
    lat: (Math.atan(Math.sinh(Math.PI * (1 - 2 * y))) * 180) / Math.PI,
    lng: (x - 0.5) * 360,
  };
}

/** What a screen of `size` shows. */
export function boundsOf(view: View, size: Size): Bounds {
  const middle = project(view);
  const world = worldSize(view.zoom);
  const [across, down] = [size.width / world / 2, size.height / world / 2];
  const northWest = unproject({ x: middle.x - across, y: middle.y - down });
  const southEast = unproject({ x: middle.x + across, y: middle.y + down });
  return { south: southEast.lat, west: northWest.lng, north: northWest.lat, east: southEast.lng };
}

/** The view with the largest zoom that shows all of `bounds`, `margin` pixels from the edges; at most `closest`. */
export function viewOf(bounds: Bounds, size: Size, margin = 0, closest = MOST_ZOOM): View {
  const northWest = project({ lat: bounds.north, lng: bounds.west });
  const southEast = project({ lat: bounds.south, lng: bounds.east });
  const room = (side: number) => Math.max(side - 2 * margin, 32) / TILE;
  const zoom = Math.log2(
    Math.min(
      room(size.width) / Math.max(southEast.x - northWest.x, 1e-9),
      room(size.height) / Math.max(southEast.y - northWest.y, 1e-9),
    ),
  );
  const middle = unproject({ x: (northWest.x + southEast.x) / 2, y: (northWest.y + southEast.y) / 2 });
  return { ...middle, zoom: between(LEAST_ZOOM, zoom, closest) };
}

/** The smallest bounds around `places`; null around none. */
export function around(places: readonly LatLng[]): Bounds | null {
  if (!places.length) return null;
  const [lats, lngs] = [places.map(({ lat }) => lat), places.map(({ lng }) => lng)];
  return {
    south: Math.min(...lats),
    west: Math.min(...lngs),
    north: Math.max(...lats),
    east: Math.max(...lngs),
  };
}

export function holds(bounds: Bounds, { lat, lng }: LatLng): boolean {
  return bounds.south <= lat && lat <= bounds.north && bounds.west <= lng && lng <= bounds.east;
}

/** Metres between two places on a sphere: at most 0.6 % off the geodesic distance that the platform gives. */
export function metresBetween(from: LatLng, to: LatLng): number {
  const radians = (degrees: number) => (degrees * Math.PI) / 180;
  const half = (a: number, b: number) => Math.sin(radians(b - a) / 2) ** 2;
  const chord =
    half(from.lat, to.lat) + Math.cos(radians(from.lat)) * Math.cos(radians(to.lat)) * half(from.lng, to.lng);
  return 2 * RADIUS_M * Math.asin(Math.sqrt(Math.min(chord, 1)));
}

export function metresPerPixel({ lat, zoom }: View): number {
  return (EQUATOR_M * Math.cos((lat * Math.PI) / 180)) / worldSize(zoom);
}

export function between(least: number, value: number, most: number): number {
  return Math.min(Math.max(value, least), most);
}
