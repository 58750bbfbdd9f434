import { expect, it } from "vitest";
import { geohash } from "./geohash";

it.each([
  // From the description of the format, and the square before Seoul's city hall.
  [57.64911, 10.40744, "u4pruydqqvj"],
  [37.5663, 126.9779, "wydm9"],
  [-33.8568, 151.2153, "r3gx2"],
  [0, 0, "s0000"],
])("%s, %s is %s", (lat, lng, written) => {
  expect(geohash({ lat, lng }, written.length)).toBe(written);
});
