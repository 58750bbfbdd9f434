/** Geohashes: a place as a few letters, the first of which say roughly where (G. M. Morton's order of bits, base 32). */

const LETTERS = "0123456789bcdefghjkmnpqrstuvwxyz";
const BITS = 5;

/**
 * The geohash of a place with `length` letters: of five, a field of 4.9 km by 4.9 km at the equator, and narrower in Korea. Made
 * on this device, so that nobody learns the place itself.
 */
export function geohash({ lat, lng }: Readonly<{ lat: number; lng: number }>, length = 5): string {
  const box = { lat: [-90, 90], lng: [-180, 180] } as Record<"lat" | "lng", [number, number]>;
  const place = { lat, lng };
  let letters = "";
  let bits = 0;
  for (let index = 0; index < length * BITS; index++) {
    const axis = index % 2 === 0 ? "lng" : "lat";
    const [low, high] = box[axis];
    const middle = (low + high) / 2;
    const upper = place[axis] >= middle;
    box[axis] = upper ? [middle, high] : [low, middle];
    bits = bits * 2 + (upper ? 1 : 0);
    if (index % BITS === BITS - 1) {
      letters += LETTERS[bits] ?? "";
      bits = 0;
    }
  }
  return letters;
}
