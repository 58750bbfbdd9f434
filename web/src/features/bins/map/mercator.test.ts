import { describe, expect, it } from "vitest";
import { KOREA } from "../allBins";
import { around, boundsOf, holds, metresPerPixel, project, unproject, viewOf } from "./mercator";

const CITY_HALL = { lat: 37.5663, lng: 126.9779 };
const PHONE = { width: 358, height: 370 };

it("finds the way there and back", () => {
  const { lat, lng } = unproject(project(CITY_HALL));
  expect([lat, lng]).toEqual([expect.closeTo(37.5663, 9), expect.closeTo(126.9779, 9)]);
});

it("has the north-west corner of the world at nothing", () => {
  const { x, y } = project({ lat: 85.051129, lng: -180 });
  expect([x, y]).toEqual([0, expect.closeTo(0, 7)]);
});

describe("a view", () => {
  it("of bounds shows all of them and little more", () => {
    const shown = boundsOf(viewOf(KOREA, PHONE), PHONE);
    expect(holds(shown, { lat: KOREA.north, lng: KOREA.west })).toBe(true);
    expect(holds(shown, { lat: KOREA.south, lng: KOREA.east })).toBe(true);
    expect(shown.east - shown.west).toBeLessThan(1.1 * (KOREA.east - KOREA.west));
  });

  it("of one place is no closer than asked", () => {
    const box = around([CITY_HALL]);
    expect(box && viewOf(box, PHONE, 40, 16)).toEqual({
      lat: expect.closeTo(CITY_HALL.lat, 6) as number,
      lng: expect.closeTo(CITY_HALL.lng, 6) as number,
      zoom: 16,
    });
  });

  it("shows 0.94 m a pixel in Seoul at zoom 16", () => {
    expect(metresPerPixel({ ...CITY_HALL, zoom: 16 })).toBeCloseTo(0.947, 3);
  });
});

it("has no bounds around nothing", () => {
  expect(around([])).toBeNull();
});
