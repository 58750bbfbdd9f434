import type { Bounds } from "./mercator";

/** Sides of the grid that areas are widened to, as a share of the longer side: at least half of it. */
const STEPS = 8;

/**
 * `bounds` widened to a grid of powers of two, in degrees: maps moved a little ask for the same area, and the browser
 * and the cache know the answer.
 */
export function snapped(bounds: Bounds): Bounds {
  const longer = Math.max(bounds.north - bounds.south, bounds.east - bounds.west, 1e-4);
  const cell = 2 ** Math.ceil(Math.log2(longer / STEPS));
  return {
    south: Math.max(Math.floor(bounds.south / cell) * cell, -90),
    west: Math.max(Math.floor(bounds.west / cell) * cell, -180),
    north: Math.min(Math.ceil(bounds.north / cell) * cell, 90),
    east: Math.min(Math.ceil(bounds.east / cell) * cell, 180),
  };
}
