import { expect, it } from "vitest";
import { calendar, heat } from "./calendar";

it.each([
  ["2026-11-30", 365],
  ["2026-12-06", 371],
  ["2024-02-29", 368],
])("has every day of a year until %s, from a Monday on", (today, count) => {
  const days = calendar(today, [{ day: today, reviews: 5 }]);
  expect(days).toHaveLength(count);
  expect(new Date(`${days[0]?.day ?? ""}T00:00:00Z`).getUTCDay()).toBe(1);
  expect(days.at(-1)).toEqual({ day: today, reviews: 5 });
  expect(new Set(days.map(({ day }) => day)).size).toBe(count);
});

it("draws a day darker the more was done", () => {
  expect([0, 1, 9, 10, 30, 60, 500].map(heat)).toEqual([0, 1, 1, 2, 3, 4, 4]);
});
