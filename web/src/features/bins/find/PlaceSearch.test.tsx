import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, it, vi } from "vitest";
import { fakeServer } from "~/test/fakeServer";
import { show } from "~/test/show";
import { PlaceSearch } from "./PlaceSearch";

const PLACES = ["서울특별시 종로구", "서울특별시 중구"].map((name, index) => ({
  name,
  address: null,
  lat: 37.57 + index,
  lng: 126.98,
  source: "bins",
}));

const chosen = vi.fn();
beforeEach(async () => {
  chosen.mockReset();
  fakeServer(() => ({ body: PLACES }));
  await show(<PlaceSearch onPlace={chosen} />, ["bins"]);
});

const field = () => screen.getByRole("combobox");

it("suggests places and takes one by keys", async () => {
  await userEvent.type(field(), "서울");
  await screen.findAllByRole("option");
  expect(field()).toHaveAttribute("aria-expanded", "true");
  await userEvent.keyboard("{ArrowDown}{ArrowDown}");
  const second = screen.getByRole("option", { name: "서울특별시 중구" });
  expect(second).toHaveAttribute("aria-selected", "true");
  expect(field()).toHaveAttribute("aria-activedescendant", second.id);
  await userEvent.keyboard("{Enter}");
  expect(chosen).toHaveBeenCalledWith(PLACES[1]);
  expect(field()).toHaveValue("서울특별시 중구");
  expect(field()).toHaveAttribute("aria-expanded", "false");
});

it("goes round at the ends of the list", async () => {
  await userEvent.type(field(), "서울");
  await screen.findAllByRole("option");
  await userEvent.keyboard("{ArrowUp}");
  expect(screen.getByRole("option", { selected: true })).toHaveTextContent("중구");
  await userEvent.keyboard("{ArrowDown}");
  expect(screen.getByRole("option", { selected: true })).toHaveTextContent("종로구");
});

it("takes the first when nobody points at one, and the one that is pressed", async () => {
  await userEvent.type(field(), "서울");
  await userEvent.click(await screen.findByRole("option", { name: "서울특별시 중구" }));
  expect(chosen).toHaveBeenLastCalledWith(PLACES[1]);
  await userEvent.clear(field());
  await userEvent.type(field(), "서울특");
  await screen.findAllByRole("option");
  await userEvent.keyboard("{Enter}");
  await waitFor(() => {
    expect(chosen).toHaveBeenLastCalledWith(PLACES[0]);
  });
});

it("closes with Escape and keeps the words", async () => {
  await userEvent.type(field(), "서울");
  await screen.findAllByRole("option");
  await userEvent.keyboard("{Escape}");
  expect(screen.queryByRole("option")).toBeNull();
  expect(field()).toHaveValue("서울");
});

it("says when there is no such place", async () => {
  fakeServer(() => ({ body: [] }));
  await userEvent.type(field(), "아틀란티스");
  await waitFor(() => {
    expect(screen.getByText(/그런 곳을 찾지 못했어요/)).toBeVisible();
  });
});
