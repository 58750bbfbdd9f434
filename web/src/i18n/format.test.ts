import { describe, expect, it } from "vitest";
import { formatter } from "./format";

const ko = formatter("ko");
const en = formatter("en");

describe("distance", () => {
  it.each([
    [12, "10m"],
    [88, "90m"],
    [330, "350m"],
    [974, "950m"],
    [975, "1km"],
    [1234, "1.2km"],
    [9970, "10km"],
  ])("%s m is %s", (metres, written) => {
    expect(ko.distance(metres)).toBe(written);
  });

  it("has a space in English", () => {
    expect(en.distance(1234)).toBe("1.2 km");
  });
});

describe("bytes", () => {
  it.each([
    [12, "1 kB"],
    [81_400, "81 kB"],
    [999_499, "999 kB"],
    [999_500, "1 MB"],
    [3_440_000, "3.4 MB"],
    [48_200_000, "48 MB"],
  ])("%s is %s", (count, written) => {
    expect(en.bytes(count)).toBe(written);
  });
});

describe("ago", () => {
  const now = new Date("2026-11-21T12:00:00Z");

  it.each([
    ["2026-11-21T11:59:40Z", "지금", "now"],
    ["2026-11-21T11:48:00Z", "12분 전", "12 minutes ago"],
    ["2026-11-21T09:00:00Z", "3시간 전", "3 hours ago"],
    ["2026-11-20T11:00:00Z", "어제", "yesterday"],
  ])("%s", (then, korean, english) => {
    expect([ko.ago(then, now), en.ago(then, now)]).toEqual([korean, english]);
  });
});

it("writes shares and lists in both languages", () => {
  expect([ko.percent(0.873), en.percent(0.873)]).toEqual(["87%", "87%"]);
  expect([ko.list(["병", "뚜껑"]), en.list(["bottle", "cap"])]).toEqual(["병 및 뚜껑", "bottle and cap"]);
});
