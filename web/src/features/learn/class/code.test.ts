import { expect, it } from "vitest";
import { addressOf, dayFromNow, isWhole, shownCode } from "./code";

it.each([
  ["ab3k9fxq", "AB3K-9FXQ"],
  [" AB3K-9FXQ ", "AB3K-9FXQ"],
  ["ab3k", "AB3K"],
  ["ab3k9", "AB3K-9"],
  ["반 ab3k–9fxq…77", "AB3K-9FXQ"],
  ["", ""],
])("shows %j as %j", (typed, shown) => {
  expect(shownCode(typed)).toBe(shown);
});

it("knows a whole code", () => {
  expect([isWhole("ab3k9fxq"), isWhole("ab3k-9fx"), isWhole("")]).toEqual([true, false, false]);
});

it("keeps the code out of what servers see", () => {
  const { pathname, search, hash } = new URL(addressOf("AB3K-9FXQ"));
  expect([pathname, search, hash]).toEqual(["/learn/class/join", "", "#AB3K-9FXQ"]);
});

it("counts days on the calendar", () => {
  expect(dayFromNow(30, new Date(2026, 11, 15, 23, 59))).toBe("2027-01-14");
  expect(dayFromNow(0, new Date(2026, 1, 3))).toBe("2026-02-03");
});
