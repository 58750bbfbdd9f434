import { project, type LatLng } from "./mercator";

/** The largest cities, larger ones first, for those who look at the whole country. Names are in the catalogue. */
export const CITIES = [
  { name: "seoul", lat: 37.5665, lng: 126.978 },
  { name: "busan", lat: 35.1796, lng: 129.0756 },
  { name: "incheon", lat: 37.4563, lng: 126.7052 },
  { name: "daegu", lat: 35.8714, lng: 128.6014 },
  { name: "daejeon", lat: 36.3504, lng: 127.3845 },
  { name: "gwangju", lat: 35.1595, lng: 126.8526 },
  { name: "ulsan", lat: 35.5384, lng: 129.3114 },
  { name: "sejong", lat: 36.48, lng: 127.289 },
  { name: "suwon", lat: 37.2636, lng: 127.0286 },
  { name: "chuncheon", lat: 37.8813, lng: 127.7298 },
  { name: "gangneung", lat: 37.7519, lng: 128.8761 },
  { name: "cheongju", lat: 36.6424, lng: 127.489 },
  { name: "jeonju", lat: 35.8242, lng: 127.148 },
  { name: "andong", lat: 36.5684, lng: 128.7294 },
  { name: "pohang", lat: 36.019, lng: 129.3435 },
  { name: "changwon", lat: 35.2281, lng: 128.6811 },
  { name: "mokpo", lat: 34.8118, lng: 126.3922 },
  { name: "jeju", lat: 33.4996, lng: 126.5312 },
] as const;

/** The zoom from which districts are named instead of cities. */
export const CITIES_UNTIL = 10;

export type City = (typeof CITIES)[number];

/** The largest distance of a bin to its city, as a share of the world: some 60 km. */
const REACH = 0.002;

/** The cities with the number of their bins, most first. A bin belongs to the nearest city. */
export function busiest(places: readonly (LatLng & Readonly<{ count?: number }>)[]) {
  const counts = new Map<City, number>();
  for (const place of places) {
    const spot = project(place);
    const [city, away] = CITIES.map((one) => {
      const { x, y } = project(one);
      return [one, Math.hypot(x - spot.x, y - spot.y)] as const;
    }).reduce((best, one) => (one[1] < best[1] ? one : best));
    if (away < REACH) counts.set(city, (counts.get(city) ?? 0) + (place.count ?? 1));
  }
  return [...counts].map(([city, count]) => ({ city, count })).sort((a, b) => b.count - a.count);
}
