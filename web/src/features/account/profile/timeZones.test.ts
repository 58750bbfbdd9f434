import { expect, it } from "vitest";
import { nameOfZone, suggestZones, timeIn } from "./timeZones";

it("finds zones by a part of their name, with or without its underscores", () => {
  expect(suggestZones("seoul", "ko")).toEqual(["Asia/Seoul"]);
  expect(suggestZones(" new york ", "en")).toEqual(["America/New_York"]);
  expect(suggestZones("a", "en")).toHaveLength(8);
  expect(suggestZones("atlantis", "en")).toEqual([]);
  expect(suggestZones("  ", "en")).toEqual([]);
});

it("finds them by what the reader's language calls them", () => {
  const name = nameOfZone("Asia/Seoul", "ko");
  expect(suggestZones(name, "ko")).toContain("Asia/Seoul");
  expect(suggestZones("아틀란티스", "ko")).toEqual([]);
});

it("tells the time there, and nothing of a zone that the browser does not know", () => {
  expect(timeIn("Asia/Seoul", "en", new Date("2026-11-30T03:00:00Z"))).toMatch(/^12:00\sPM$/);
  expect(timeIn("Moon/Tycho", "en")).toBe("");
});
