import { QueryClientProvider } from "@tanstack/react-query";
import { renderHook, waitFor } from "@testing-library/react";
import type { ReactNode } from "react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { makeQueryClient } from "~/api/query";
import type { BinDetails, BinKind, BinMap } from "~/api/types";
import { removeStoredBins, storedBins } from "~/outbox/bins/store";
import { makeFakeDatabase } from "~/test/fakeDatabase";
import { fakeServer } from "~/test/fakeServer";
import { KOREA } from "./allBins";
import type { Bounds } from "./map/mercator";
import { counted, useNearby, useWithin } from "./queries";

beforeEach(makeFakeDatabase);
afterEach(() => {
  vi.restoreAllMocks();
});

const BIN: BinDetails = {
  id: "x",
  kind: "battery",
  name: "x",
  address: null,
  lat: 37.5,
  lng: 127,
  source: "test",
  route_url: "",
  full: false,
  doubted: false,
  hidden: false,
  votes: { ok: 2, full: 0, gone: 1 },
};

it("counts a first vote", () => {
  expect(counted(BIN, null, "full")).toMatchObject({ full: true, votes: { ok: 2, full: 1, gone: 1 } });
});

it("puts a vote in the place of the earlier one", () => {
  const before = { ...BIN, full: true, votes: { ok: 2, full: 1, gone: 1 } };
  expect(counted(before, "full", "ok")).toMatchObject({ full: false, votes: { ok: 3, full: 0, gone: 1 } });
});

const ALL: BinMap = {
  bins: [],
  clusters: [
    { lat: 37.5, lng: 127, count: 9 },
    { lat: 35.1, lng: 129, count: 4 },
  ],
  kinds: [],
  total: 13,
  credits: [],
};
const SEOUL: Bounds = { south: 37.4, west: 126.8, north: 37.7, east: 127.2 };

function within(bounds: Bounds, kinds: readonly BinKind[]) {
  fakeServer(() => ({ body: { ...ALL, total: 12 } }));
  const client = makeQueryClient();
  const wrapper = ({ children }: Readonly<{ children: ReactNode }>) => (
    <QueryClientProvider client={client}>{children}</QueryClientProvider>
  );
  return renderHook(() => useWithin(bounds, kinds, ALL), { wrapper }).result;
}

it("shows all there is at once where the map holds all of it", async () => {
  const shown = within(KOREA, []);
  expect(shown.current).toMatchObject({ data: ALL, isPlaceholderData: true });
  await waitFor(() => {
    expect(shown.current.data?.total).toBe(12);
  });
});

it.each([
  ["a part of the map", SEOUL, []],
  ["some kinds", KOREA, ["battery"]],
] as const)("waits for the answer about %s", (_, bounds, kinds) => {
  expect(within(bounds, kinds).current.data).toBeUndefined();
});

describe("without a network", () => {
  beforeEach(async () => {
    await removeStoredBins();
  });

  function hooks<T>(hook: () => T) {
    const client = makeQueryClient();
    const wrapper = ({ children }: Readonly<{ children: ReactNode }>) => (
      <QueryClientProvider client={client}>{children}</QueryClientProvider>
    );
    return renderHook(hook, { wrapper }).result;
  }

  it("the list and the map are those seen last, until the platform answers again", async () => {
    const map = { ...ALL, bins: [BIN], clusters: [], total: 1 };
    fakeServer(({ path }) => ({ body: path.endsWith("/nearby") ? [{ ...BIN, distance_m: 40 }] : map }));
    const here = { lat: 37.5001, lng: 127 };
    const useBoth = () => [useNearby(here, [], 20), useWithin(SEOUL, [], undefined)] as const;
    const online = hooks(useBoth);
    await waitFor(() => {
      expect(online.current.map(({ data }) => data !== undefined)).toEqual([true, true]);
    });
    expect(online.current.map(({ asOf }) => asOf)).toEqual([null, null]);
    await waitFor(async () => {
      expect((await storedBins())?.bins).toHaveLength(1);
    });

    vi.spyOn(navigator, "onLine", "get").mockReturnValue(false);
    fakeServer(() => "silence");
    const offline = hooks(useBoth);
    await waitFor(() => {
      const [list, shown] = offline.current;
      expect(list.data?.[0]).toMatchObject({ id: BIN.id, source: BIN.source });
      expect(list.data?.[0]?.distance_m).toBeCloseTo(11, 0);
      expect(shown.data).toMatchObject({ total: 1, bins: [{ id: BIN.id }] });
    });
    for (const { asOf } of offline.current) expect(asOf).toBeLessThanOrEqual(Date.now());
  });

  it("fails, and says so, where this device saw nothing", async () => {
    vi.spyOn(navigator, "onLine", "get").mockReturnValue(false);
    fakeServer(() => "silence");
    const list = hooks(() => useNearby({ lat: 37.5, lng: 127 }, [], 20));
    await waitFor(() => {
      expect(list.current.isError).toBe(true);
    });
    expect(list.current.error).toMatchObject({ code: "network" });
  });
});
