import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it, vi } from "vitest";
import type { BinDetails, NearbyBin } from "~/api/types";
import { Toasts } from "~/ui/toast";
import { fakeServer, problem } from "~/test/fakeServer";
import { show } from "~/test/show";
import { BinList } from "./BinList";
import { Details } from "./Details";
import { Filters } from "./Filters";

const NEAR: NearbyBin = {
  id: "0198",
  kind: "battery",
  name: "시청 폐건전지 수거함",
  address: "서울특별시 중구",
  lat: 37.5664,
  lng: 126.978,
  distance_m: 123.4,
  source: "서울특별시",
  route_url: "https://map.kakao.com/link/to/x",
  full: false,
  doubted: false,
};
const DETAILS: BinDetails = {
  ...NEAR,
  address: "서울특별시 중구",
  hidden: false,
  votes: { ok: 2, full: 0, gone: 0 },
};
const GUEST = {
  access_token: "a",
  refresh_token: "r",
  expires_in: 3600,
  token_type: "bearer",
  user: { id: "guest_1", username: "초록이" },
};

describe("filters", () => {
  const props = {
    known: ["battery", "clothes"],
    counts: [{ kind: "battery", count: 12_345 }],
  } as const;

  it("add and remove kinds, in the order of the contract", async () => {
    const change = vi.fn();
    await show(<Filters {...props} counts={[...props.counts]} chosen={["battery"]} onChange={change} />, [
      "bins",
      "words",
    ]);
    await userEvent.click(screen.getByRole("button", { name: /의류/ }));
    expect(change).toHaveBeenLastCalledWith(["clothes", "battery"]);
    await userEvent.click(screen.getByRole("button", { name: /건전지/ }));
    expect(change).toHaveBeenLastCalledWith([]);
    expect(screen.getByRole("button", { name: /건전지/ })).toHaveAttribute("aria-pressed", "true");
  });

  it("say how many there are on the map", async () => {
    await show(<Filters {...props} counts={[...props.counts]} chosen={[]} onChange={vi.fn()} />, [
      "bins",
      "words",
    ]);
    expect(screen.getByRole("button", { name: /건전지 ?1.2만 ?개, 지도에 보이는 곳/ })).toBeVisible();
    expect(screen.getByRole("button", { name: /의류 ?0 ?개, 지도에 보이는 곳/ })).toBeVisible();
    expect(screen.getByRole("button", { name: "모두" })).toHaveAttribute("aria-pressed", "true");
  });
});

describe("a row", () => {
  it("says what, how far and where, leads there in a window of its own, and opens", async () => {
    const open = vi.fn();
    const highlighted = vi.fn();
    await show(
      <BinList bins={[{ ...NEAR, full: true }]} highlighted={null} onHighlight={highlighted} onBin={open} />,
      ["bins", "words"],
    );
    const row = screen.getByRole("button", {
      name: /시청 폐건전지 수거함 ?100m 건전지 ?꽉 찼어요 ?서울특별시 중구/,
    });
    const route = screen.getByRole("link", { name: "시청 폐건전지 수거함까지 길찾기 (새 창)" });
    expect(route).toHaveAttribute("href", NEAR.route_url);
    expect(route).toHaveAttribute("rel", "noopener noreferrer");
    await userEvent.click(row);
    expect(open).toHaveBeenCalledWith({ ...NEAR, full: true });
    expect(highlighted).toHaveBeenCalledWith(NEAR.id);
  });
});

describe("a chosen bin", () => {
  it("counts a vote at once, as a guest of its own, and thanks", async () => {
    const { asked } = fakeServer(({ path, method }) => {
      if (path.endsWith("/auth/guest")) return { body: GUEST };
      return {
        body: method === "POST" ? { ...DETAILS, full: true, votes: { ok: 2, full: 1, gone: 0 } } : DETAILS,
      };
    });
    await show(
      <>
        <Details id={NEAR.id} near={NEAR} onBack={vi.fn()} />
        <Toasts />
      </>,
      ["bins", "words"],
    );
    expect(screen.getByRole("heading", { name: NEAR.name })).toHaveFocus();
    await userEvent.click(await screen.findByRole("button", { name: "꽉 찼어요" }));
    expect(screen.getByRole("button", { name: "꽉 찼어요" })).toHaveAttribute("aria-pressed", "true");
    expect(screen.getByText("있다고 한 사람 2명 · 꽉 찼다고 한 사람 1명")).toBeVisible();
    expect(await screen.findByText("고마워요. 하루 동안 꽉 찼다고 알릴게요.")).toBeVisible();
    const cast = asked.find(({ method, path }) => method === "POST" && path.endsWith("/votes"));
    expect([cast?.body, cast?.headers.get("Authorization")]).toEqual(['{"vote":"full"}', "Bearer a"]);
  });

  it("takes a refused vote back and says why", async () => {
    fakeServer(({ path, method }) => {
      if (path.endsWith("/auth/guest")) return { body: GUEST };
      return method === "POST" ? problem(429, "busy") : { body: DETAILS };
    });
    await show(
      <>
        <Details id={NEAR.id} near={NEAR} onBack={vi.fn()} />
        <Toasts />
      </>,
      ["bins", "words"],
    );
    await userEvent.click(await screen.findByRole("button", { name: "없어졌어요" }));
    expect(await screen.findByText("about busy")).toBeVisible();
    await waitFor(() => {
      expect(screen.getByRole("button", { name: "없어졌어요" })).toHaveAttribute("aria-pressed", "false");
    });
    expect(screen.getByText("있다고 한 사람 2명")).toBeVisible();
  });

  it("of another map can be found but not voted on", async () => {
    const { asked } = fakeServer(() => problem(404, "bin_missing"));
    await show(<Details id={NEAR.id} near={{ ...NEAR, source: "kakao" }} onBack={vi.fn()} />, [
      "bins",
      "words",
    ]);
    expect(screen.getByText("카카오맵이 알려 준 곳이에요.")).toBeVisible();
    expect(screen.queryByRole("button", { name: "있어요" })).toBeNull();
    expect(asked).toEqual([]);
  });

  it("that is gone says so and leads back", async () => {
    fakeServer(() => problem(404, "bin_missing"));
    const back = vi.fn();
    await show(<Details id="gone" near={null} onBack={back} />, ["bins", "words"]);
    expect(await screen.findByRole("heading", { name: "찾을 수 없어요" })).toBeVisible();
    await userEvent.click(screen.getByRole("button", { name: "목록으로" }));
    expect(back).toHaveBeenCalledOnce();
  });
});
