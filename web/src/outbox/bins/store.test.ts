import { beforeEach, expect, it, vi } from "vitest";
import type { BinMap, BinPoint, NearbyBin } from "~/api/types";
import { fillDisk, makeFakeDatabase } from "~/test/fakeDatabase";
import type * as Store from "./store";

// The clock that the store sees: 29 November 2026, 14:40 in UTC.
const NOW = Date.UTC(2026, 10, 29, 14, 40);
const HOUR_MS = 3_600_000;

let store: typeof Store;
beforeEach(async () => {
  makeFakeDatabase();
  vi.resetModules();
  vi.spyOn(Date, "now").mockReturnValue(NOW);
  store = await import("./store");
});

function bin(id: string, more: Partial<NearbyBin> = {}): NearbyBin {
  return {
    id,
    kind: "battery",
    name: `bin ${id}`,
    address: null,
    lat: 37.5,
    lng: 127,
    distance_m: 12,
    source: "서울특별시",
    route_url: "https://map.kakao.com/link/to/x",
    full: false,
    doubted: false,
    ...more,
  };
}

function map(bins: readonly BinPoint[], clusters: BinMap["clusters"] = []): BinMap {
  return { bins: [...bins], clusters, kinds: [], total: bins.length, credits: [] };
}

function point({ id, kind, name, lat, lng, route_url, full, doubted }: NearbyBin): BinPoint {
  return { id, kind, name, address: null, lat, lng, route_url, full, doubted };
}

const AREA = { south: 37, west: 126, north: 38, east: 128 };
const ids = async () => (await store.storedBins())?.bins.map(({ id }) => id);

it("holds nothing at first", async () => {
  expect(await store.storedBins()).toBeNull();
});

it("does not tell how far bins were, nor in which order, nor to the minute when they were seen", async () => {
  await store.storeNearby([bin("c", { distance_m: 1 }), bin("a"), bin("b")]);
  const stored = await store.storedBins();
  expect(stored?.bins.map(({ id }) => id)).toEqual(["a", "b", "c"]);
  expect(JSON.stringify(stored)).not.toContain("distance");
  expect(new Set(stored?.bins.map(({ seen }) => seen))).toEqual(new Set([Date.UTC(2026, 10, 29, 14)]));
});

it("leaves out the bins of external map services", async () => {
  await store.storeNearby([bin("a"), bin("b", { source: "kakao" })]);
  expect(await ids()).toEqual(["a"]);
});

it("puts what the map shows in the place of what was there, and keeps where it is known from", async () => {
  await store.storeNearby([bin("a"), bin("b"), bin("far", { lat: 35 }), bin("lamp", { kind: "lamp" })]);
  await store.storeArea(map([point(bin("a", { full: true })), point(bin("new"))]), AREA, ["battery"]);
  expect((await store.storedBins())?.bins).toMatchObject([
    { id: "a", full: true, source: "서울특별시" },
    { id: "far" },
    { id: "lamp" },
    { id: "new", source: "" },
  ]);
});

it("keeps what it knows of an area where the map shows clusters only", async () => {
  await store.storeNearby([bin("a")]);
  await store.storeArea(map([], [{ lat: 37.5, lng: 127, count: 400 }]), AREA, []);
  expect(await ids()).toEqual(["a"]);
});

it("holds the newest bins when there are too many", async () => {
  await store.storeNearby([bin("old")]);
  vi.mocked(Date.now).mockReturnValue(NOW + HOUR_MS);
  const many = Array.from({ length: store.MOST_BINS }, (_, number) =>
    bin(`n${String(number).padStart(4, "0")}`),
  );
  await store.storeNearby(many);
  expect(await ids()).toEqual(many.map(({ id }) => id));
});

it("loses none of the answers that come together", async () => {
  const all = map([], [{ lat: 37.5, lng: 127, count: 9 }]);
  await Promise.all([store.storeNearby([bin("a")]), store.storeAll(all), store.storeNearby([bin("b")])]);
  expect(await ids()).toEqual(["a", "b"]);
  expect((await store.storedBins())?.all).toEqual({ map: all, seen: Date.UTC(2026, 10, 29, 14) });
});

it("holds them until the tab is closed while the disk is full", async () => {
  const makeRoom = fillDisk();
  await store.storeNearby([bin("a")]);
  await store.storeNearby([bin("b")]);
  expect(await ids()).toEqual(["a", "b"]);
  makeRoom();
});

it("is empty again when it is told to forget", async () => {
  const stored = store.storeNearby([bin("a")]);
  await store.removeStoredBins();
  await stored;
  expect(await store.storedBins()).toBeNull();
});
