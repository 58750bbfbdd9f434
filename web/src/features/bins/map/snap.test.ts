import { expect, it } from "vitest";
import { boundsOf, type Bounds } from "./mercator";
import { snapped } from "./snap";

const SEEN: Bounds = { south: 37.51, west: 126.91, north: 37.59, east: 127.02 };

it("holds all that is seen, and at most half as much again", () => {
  const area = snapped(SEEN);
  expect(area.south).toBeLessThanOrEqual(SEEN.south);
  expect(area.east).toBeGreaterThanOrEqual(SEEN.east);
  expect(area.east - area.west).toBeLessThanOrEqual(1.5 * (SEEN.east - SEEN.west));
});

it("is the same for a map that moved by a little", () => {
  const size = { width: 358, height: 370 };
  const view = { lat: 37.5712, lng: 126.9801, zoom: 15 };
  const moved = { ...view, lat: view.lat + 1e-4, lng: view.lng - 1e-4 };
  expect(snapped(boundsOf(moved, size))).toEqual(snapped(boundsOf(view, size)));
});

it("stays on the earth", () => {
  expect(snapped({ south: -89.9, west: -179.9, north: 89.9, east: 179.9 })).toEqual({
    south: -90,
    west: -180,
    north: 90,
    east: 180,
  });
});
