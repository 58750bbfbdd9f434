import { describe, expect, it } from "vitest";
import type { BinPoint } from "~/api/types";
import { markersOf, withChosen } from "./groups";

function bin(id: string, lat: number, lng: number): BinPoint {
  return {
    id,
    lat,
    lng,
    kind: "battery",
    name: id,
    address: null,
    route_url: "",
    full: false,
    doubted: false,
  };
}

// 20 m apart, and one a kilometre away.
const BINS = [bin("a", 37.5663, 126.9779), bin("b", 37.56648, 126.9779), bin("c", 37.5753, 126.9779)];

describe("bins", () => {
  it("that would lie on each other are one marker", () => {
    const markers = markersOf(BINS, [], 14);
    expect(markers.map(({ count }) => count)).toEqual([2, 1]);
    expect(markers[0]?.bins.map(({ id }) => id)).toEqual(["a", "b"]);
    expect(markers[0]?.lat).toBeCloseTo(37.56639, 5);
  });

  it("stand alone from near", () => {
    expect(markersOf(BINS, [], 18).map(({ key }) => key)).toEqual(["a", "b", "c"]);
  });
});

it("joins clusters and weighs their middle", () => {
  const [marker] = markersOf(
    [],
    [
      { lat: 37.5, lng: 127, count: 30 },
      { lat: 37.504, lng: 127, count: 10 },
    ],
    10,
  );
  expect(marker).toMatchObject({ count: 40, bins: [] });
  expect(marker?.lat).toBeCloseTo(37.501, 6);
});

it("draws the chosen bin in the place of those it would cover", () => {
  const [chosen, ...others] = BINS;
  if (!chosen) throw new Error("no bins");
  const markers = withChosen(markersOf(others, [], 15), chosen, 15);
  expect(markers.map(({ key, covers }) => [key, covers])).toEqual([
    ["c", undefined],
    ["a", 1],
  ]);
});
