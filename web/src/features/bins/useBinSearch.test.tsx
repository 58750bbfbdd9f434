import { act, renderHook } from "@testing-library/react";
import type { ReactNode } from "react";
import { MemoryRouter, useLocation } from "react-router";
import { expect, it } from "vitest";
import type { NearbyBin } from "~/api/types";
import { useBinSearch } from "./useBinSearch";

const BIN: NearbyBin = {
  id: "0198",
  kind: "battery",
  name: "시청",
  address: null,
  lat: 37.5664,
  lng: 126.978,
  distance_m: 123.4,
  source: "서울특별시",
  route_url: "https://map.kakao.com/link/to/x",
  full: false,
  doubted: false,
};

function renderSearch() {
  const wrapper = ({ children }: Readonly<{ children: ReactNode }>) => (
    <MemoryRouter initialEntries={["/bins?kind=battery"]}>{children}</MemoryRouter>
  );
  return renderHook(() => ({ search: useBinSearch(), location: useLocation() }), { wrapper }).result;
}

it("names one of our bins in the address", () => {
  const at = renderSearch();
  act(() => {
    at.current.search.setBin(BIN);
  });
  expect(at.current.search).toMatchObject({ bin: BIN.id, foreign: null });
  expect(at.current.location).toMatchObject({ search: "?kind=battery&bin=0198", state: null });
});

it("keeps a bin of another map in the history alone, without how far it was", () => {
  const at = renderSearch();
  act(() => {
    at.current.search.setBin({ ...BIN, source: "kakao" });
  });
  expect(at.current.location.search).toBe("?kind=battery");
  expect(at.current.search).toMatchObject({ bin: BIN.id, foreign: { name: BIN.name } });
  expect(JSON.stringify(at.current.location.state)).not.toContain("distance");
  act(() => {
    at.current.search.setBin(null);
  });
  expect(at.current.search).toMatchObject({ bin: null, foreign: null });
});
