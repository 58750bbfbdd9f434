import { expect, it } from "vitest";
import { busiest } from "./cities";
import { scaleBar } from "./scale";

it.each([
  [0.95, 50],
  [1.2, 100],
  [30, 2000],
  [2400, 200_000],
])("at %s m a pixel the scale bar is %s m long", (perPixel, metres) => {
  const bar = scaleBar(perPixel);
  expect(bar.metres).toBe(metres);
  expect(bar.width).toBeLessThanOrEqual(96);
});

it("counts bins at the nearest city, most first, and those out at sea nowhere", () => {
  const found = busiest([
    { lat: 37.57, lng: 126.98 },
    { lat: 35.18, lng: 129.07, count: 12 },
    { lat: 37.2, lng: 131.87, count: 99 },
  ]);
  expect(found.map(({ city, count }) => [city.name, count])).toEqual([
    ["busan", 12],
    ["seoul", 1],
  ]);
});
