import { describe, expect, it } from "vitest";
import type { BinMap } from "~/api/types";
import type { StoredBin, StoredBins } from "~/outbox/bins/store";
import { KOREA } from "../allBins";
import { allStored, nearbyStored, withinStored } from "./answers";

const SEEN = Date.now() - 2 * 3_600_000;
const DAY_MS = 86_400_000;
const CITY_HALL = { lat: 37.5663, lng: 126.9779 };
const SEOUL = { south: 37.4, west: 126.8, north: 37.7, east: 127.2 };

function bin(id: string, more: Partial<StoredBin> = {}): StoredBin {
  return {
    id,
    kind: "battery",
    name: `bin ${id}`,
    address: null,
    ...CITY_HALL,
    source: "서울특별시",
    route_url: "",
    full: false,
    doubted: false,
    seen: SEEN,
    ...more,
  };
}

const CREDITS = [{ text: "© Somebody", url: "https://example.org" }];
const COUNTRY: BinMap = {
  bins: [],
  clusters: [
    { lat: 37.5, lng: 127, count: 900 },
    { lat: 35.1, lng: 129, count: 400 },
  ],
  kinds: [{ kind: "battery", count: 1300 }],
  total: 1300,
  credits: CREDITS,
};

function stored(...bins: readonly StoredBin[]): StoredBins {
  return { bins, all: { map: COUNTRY, seen: SEEN }, credits: CREDITS };
}

describe("the nearest bins", () => {
  const bins = stored(
    bin("600 m", { lat: 37.5717, seen: SEEN - DAY_MS }),
    bin("here"),
    bin("lamp", { kind: "lamp", lat: 37.567 }),
    bin("busan", { lat: 35.18, lng: 129.08 }),
  );

  it("are those near, nearest first, with their distance and the oldest date among them", () => {
    const answer = nearbyStored(bins, CITY_HALL, [], 10);
    expect(answer?.value.map(({ id }) => id)).toEqual(["here", "lamp", "600 m"]);
    expect(answer?.value.at(-1)?.distance_m).toBeCloseTo(600, -1);
    expect(answer?.asOf).toBe(SEEN - DAY_MS);
    expect(answer?.value[0]).not.toHaveProperty("seen");
  });

  it("are of the kinds asked for, and no more than asked for", () => {
    expect(nearbyStored(bins, CITY_HALL, ["lamp"], 10)?.value.map(({ id }) => id)).toEqual(["lamp"]);
    expect(nearbyStored(bins, CITY_HALL, [], 1)).toMatchObject({ value: [{ id: "here" }], asOf: SEEN });
  });

  it("are not known where only far ones are", () => {
    expect(nearbyStored(bins, { lat: 36.2, lng: 128.1 }, [], 10)).toBeNull();
  });

  it("are full for a day only", () => {
    const full = (seen: number) => nearbyStored(stored(bin("a", { full: true, seen })), CITY_HALL, [], 1);
    expect(full(SEEN)?.value[0]?.full).toBe(true);
    expect(full(SEEN - DAY_MS)?.value[0]?.full).toBe(false);
  });
});

describe("the map", () => {
  it("shows the bins of the area, and counts its kinds whatever was asked for", () => {
    const bins = stored(bin("a"), bin("lamp", { kind: "lamp" }), bin("b"), bin("busan", { lat: 35.18 }));
    expect(withinStored(bins, SEOUL, ["battery"])?.value).toEqual({
      bins: [expect.objectContaining({ id: "a" }), expect.objectContaining({ id: "b" })],
      clusters: [],
      kinds: [
        { kind: "battery", count: 2 },
        { kind: "lamp", count: 1 },
      ],
      total: 2,
      credits: CREDITS,
    });
  });

  it("shows nothing of an area that nobody looked at", () => {
    expect(withinStored(stored(bin("busan", { lat: 35.18 })), SEOUL, [])?.value).toMatchObject({ total: 0 });
  });

  it("shows the clusters of the country from afar", () => {
    const wide = { south: 36.5, west: 126, north: 38, east: 128 };
    expect(withinStored(stored(bin("a")), wide, [])?.value).toMatchObject({
      bins: [],
      clusters: [COUNTRY.clusters[0]],
    });
    expect(withinStored(stored(bin("a")), KOREA, ["battery"])?.value).toMatchObject({ total: 1 });
  });
});

it("knows the whole country as it was fetched, if it was", () => {
  expect(allStored(stored())).toEqual({ value: COUNTRY, asOf: SEEN });
  expect(allStored({ ...stored(), all: null })).toBeNull();
});
