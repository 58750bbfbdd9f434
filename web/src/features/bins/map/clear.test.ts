import { describe, expect, it } from "vitest";
import { clearOf } from "./clear";
import type { Marker } from "./groups";
import { project, unproject, worldSize, type LatLng } from "./mercator";

const POINT = { lat: 37.5663, lng: 126.9779 };
const ZOOM = 16;

/** A marker so many pixels from the point. */
function marker(key: string, x: number, y: number, count = 1, covers?: number): Marker {
  const { x: left, y: top } = project(POINT);
  const place = unproject({ x: left + x / worldSize(ZOOM), y: top + y / worldSize(ZOOM) });
  return { ...place, key, count, bins: [], ...(covers !== undefined && { covers }) };
}

function pixels(place: LatLng) {
  const [spot, middle] = [project(place), project(POINT)];
  return { x: (spot.x - middle.x) * worldSize(ZOOM), y: (spot.y - middle.y) * worldSize(ZOOM) };
}

function distance(a: LatLng, b: LatLng): number {
  const [from, to] = [pixels(a), pixels(b)];
  return Math.hypot(from.x - to.x, from.y - to.y);
}

describe("markers at the person's point", () => {
  it("stay where they belong when they leave it free", () => {
    const away = [marker("a", 60, 0), marker("b", 0, 40), marker("c", -20, -90, 12)];
    expect(clearOf(away, POINT, true, ZOOM)).toEqual(away);
  });

  it.each([
    ["a bin on the point", marker("a", 0, 0)],
    ["a group beside it", marker("a", 12, 5, 40)],
    ["a large group", marker("a", -9, -14, 1200)],
    ["the chosen bin", marker("a", 3, -20, 1, 0)],
  ])("are drawn beside it, and tell where they belong: %s", (_, one) => {
    for (const here of [true, false]) {
      const [moved] = clearOf([one], POINT, here, ZOOM);
      if (!moved) throw new Error("no marker");
      expect(moved.home).toEqual({ lat: one.lat, lng: one.lng });
      expect(distance(moved, POINT)).toBeGreaterThanOrEqual(16 + 16);
      expect(distance(moved, one)).toBeLessThan(96);
    }
  });

  it("leave free the pin that stands above its tip", () => {
    const [moved] = clearOf([marker("a", 2, -28)], POINT, false, ZOOM);
    if (!moved) throw new Error("no marker");
    expect(Math.abs(pixels(moved).x)).toBeGreaterThanOrEqual(16 + 16);
    // The dot has nothing above it.
    expect(clearOf([marker("a", 2, -40)], POINT, true, ZOOM)[0]?.home).toBeUndefined();
  });

  it("do not cover each other, and stand at the same places each time", () => {
    const crowd = [
      marker("a", 0, 0, 3),
      marker("b", 30, 0, 2),
      marker("c", -20, 25),
      marker("d", 0, -35),
      marker("e", 45, 20),
    ];
    const shown = clearOf(crowd, POINT, true, ZOOM);
    expect(shown.map(({ key }) => key)).toEqual(["a", "b", "c", "d", "e"]);
    for (const one of shown)
      for (const other of shown)
        if (one !== other && (one.home ?? other.home))
          expect(distance(one, other)).toBeGreaterThanOrEqual(38 - 1e-6);
    expect(clearOf(crowd, POINT, true, ZOOM)).toEqual(shown);
  });
});
