import type { BinKind } from "~/api/types";
import { KINDS } from "./kinds";
import type { LatLng } from "./map/mercator";

/** What the address says: `/bins?kind=battery&kind=lamp&lat=37.5663&lng=126.9779&place=…&bin=…`, all of it optional. */
export type Address = Readonly<{
  kinds: readonly BinKind[];
  /** From where distances are measured. Never where the person is: browsers store addresses in their history. */
  point: LatLng | null;
  /** The point's name, when it has one. */
  place: string | null;
  bin: string | null;
}>;

const LONGEST = 100;

export function readAddress(params: URLSearchParams): Address {
  const asked = params.getAll("kind");
  const point = { lat: degrees(params.get("lat"), 90), lng: degrees(params.get("lng"), 180) };
  const known = point.lat !== null && point.lng !== null ? { lat: point.lat, lng: point.lng } : null;
  return {
    kinds: KINDS.filter((kind) => asked.includes(kind)),
    point: known,
    place: known && (params.get("place")?.slice(0, LONGEST) ?? null),
    bin: params.get("bin"),
  };
}

export function writeAddress({ kinds, point, place, bin }: Address): URLSearchParams {
  const params = new URLSearchParams();
  for (const kind of kinds) params.append("kind", kind);
  if (point) {
    params.set("lat", point.lat.toFixed(5));
    params.set("lng", point.lng.toFixed(5));
    if (place) params.set("place", place);
  }
  if (bin) params.set("bin", bin);
  return params;
}

function degrees(written: string | null, most: number): number | null {
  const value = written?.trim() ? Number(written) : NaN;
  return Math.abs(value) <= most ? value : null;
}
