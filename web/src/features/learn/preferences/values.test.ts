import { expect, it } from "vitest";
import { dayAfter, withChosen } from "./values";

it("shows what was chosen elsewhere among the others", () => {
  expect(withChosen([0, 5, 10], 7)).toEqual([0, 5, 7, 10]);
  expect(withChosen([0.8, 0.85, 0.9, 0.95], 0.9)).toEqual([0.8, 0.85, 0.9, 0.95]);
});

it.each([
  ["2026-11-30", 7, "2026-12-07"],
  ["2026-12-25", 14, "2027-01-08"],
  ["2024-02-15", 14, "2024-02-29"],
])("counts days on from %s", (day, days, then) => {
  expect(dayAfter(day, days)).toBe(then);
});
