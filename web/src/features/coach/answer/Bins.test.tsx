import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, it, vi } from "vitest";
import type { NearbyBin } from "~/api/types";
import { Announcer } from "~/ui/announce";
import { fakeServer } from "~/test/fakeServer";
import { show } from "~/test/show";
import { Bins } from "./Bins";

const OURS: NearbyBin = {
  id: "0198",
  kind: "battery",
  name: "시청 폐건전지 수거함",
  address: null,
  lat: 37.5664,
  lng: 126.978,
  distance_m: 123.4,
  source: "서울특별시",
  route_url: "https://map.kakao.com/link/to/x",
  full: true,
  doubted: false,
};
const THEIRS: NearbyBin = { ...OURS, id: "5", name: "행복약국", source: "kakao", full: false };

function device(answer: (found: PositionCallback, failed: PositionErrorCallback) => void) {
  vi.stubGlobal("isSecureContext", true);
  Object.assign(navigator, { geolocation: { getCurrentPosition: answer } });
}

beforeEach(async () => {
  await show(
    <>
      <Bins kinds={["battery"]} />
      <Announcer />
    </>,
    ["coach", "words"],
  );
});

const press = () => userEvent.click(screen.getByRole("button", { name: "가까운 수거함 보기" }));

it("says how many there are and how far the first is, and takes the focus along", async () => {
  device((found) => {
    found({ coords: { latitude: 37.566312, longitude: 126.977949 } } as GeolocationPosition);
  });
  fakeServer(() => ({ body: [OURS, THEIRS] }));
  await press();
  await waitFor(() => {
    expect(document.body).toHaveTextContent(
      "가까운 수거함 2개를 찾았어요. 가장 가까운 곳: 시청 폐건전지 수거함, 100m",
    );
  });
  expect(screen.getByRole("heading", { name: "가까운 수거함" })).toHaveFocus();
});

it("leads to the page of a bin of ours, but not of one that only another map knows", async () => {
  device((found) => {
    found({ coords: { latitude: 37.5, longitude: 127 } } as GeolocationPosition);
  });
  fakeServer(() => ({ body: [OURS, THEIRS] }));
  await press();
  expect(await screen.findByRole("link", { name: /^시청 폐건전지 수거함 ?건전지/ })).toHaveAttribute(
    "href",
    "/bins?bin=0198",
  );
  expect(screen.getByText("행복약국")).toBeVisible();
  expect(screen.queryByRole("link", { name: /^행복약국 ?건전지/ })).toBeNull();
  expect(screen.getByRole("link", { name: "행복약국까지 길찾기" })).toBeVisible();
});

it.each([
  [1, "위치를 볼 수 있는 권한이 없어요."],
  [3, "위치를 확인하는 데 너무 오래 걸려요."],
])("says why there is no place (%s), and keeps the button and its focus", async (code, words) => {
  device((_, failed) => {
    failed({ code } as GeolocationPositionError);
  });
  await press();
  expect(await screen.findByText(`${words} 지도에서 주소로 찾아 보세요.`)).toBeVisible();
  expect(screen.getByRole("button", { name: "가까운 수거함 보기" })).toHaveFocus();
});

it("names whose data a bin is from where its licence demands it", async () => {
  device((found) => {
    found({ coords: { latitude: 37.5, longitude: 127 } } as GeolocationPosition);
  });
  fakeServer(() => ({ body: [OURS, { ...OURS, id: "6", source: "© OpenStreetMap contributors" }] }));
  await press();
  expect(await screen.findAllByText(/© OpenStreetMap contributors/)).toHaveLength(1);
  expect(document.body).not.toHaveTextContent("서울특별시");
});
