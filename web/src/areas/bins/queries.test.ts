import { expect, it } from "vitest";
import type { BinDetails } from "~/api/types";
import { counted } from "./queries";

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
