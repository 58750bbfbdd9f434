import { QueryClientProvider } from "@tanstack/react-query";
import { renderHook, waitFor } from "@testing-library/react";
import type { ReactNode } from "react";
import { expect, it } from "vitest";
import { makeQueryClient } from "~/api/query";
import type { BinDetails, BinKind, BinMap } from "~/api/types";
import { fakeServer } from "~/test/fakeServer";
import { KOREA } from "./allBins";
import type { Bounds } from "./map/mercator";
import { counted, useWithin } from "./queries";

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
