import { describe, expect, it } from "vitest";
import { apart, namesOf } from "./labels";

const at = (address: string | null, lat: number, lng: number) => ({ address, lat, lng });
const BINS = [
  at("서울특별시 강북구 노해로13길 89", 37.639, 127.017),
  at("서울특별시 강북구 노해로 12", 37.641, 127.019),
  at("서울특별시 강북구 노해로 14", 37.64, 127.018),
  at("서울특별시 중구", 37.56, 126.99),
  at("0123", 37.5, 127),
  at(null, 37.5, 127),
];

describe("names", () => {
  it("are the districts from afar, those with more bins first, in the middle of these", () => {
    expect(namesOf(BINS, 11)).toEqual([
      { text: "강북구", lat: 37.64, lng: 127.018 },
      { text: "중구", lat: 37.56, lng: 126.99 },
    ]);
  });

  it("are the roads from near, lanes among them, and districts where the address says no more", () => {
    expect(namesOf(BINS, 15)).toEqual([
      { text: "노해로", lat: 37.64, lng: 127.018 },
      { text: "중구", lat: 37.56, lng: 126.99 },
    ]);
  });
});

describe("what is drawn", () => {
  const names = [
    { text: "강북구", lat: 37.64, lng: 127.018 },
    { text: "도봉구", lat: 37.6401, lng: 127.0181 },
    { text: "중구", lat: 37.56, lng: 126.99 },
  ];

  it("leaves out names that would lie on one before them", () => {
    expect(apart(names, [], 11).map(({ text }) => text)).toEqual(["강북구", "중구"]);
  });

  it("puts a name below the mark that would cover it", () => {
    const [first, second] = apart(names, [{ lat: 37.64, lng: 127.018 }], 11);
    expect([first?.below, second?.below]).toEqual([true, false]);
  });
});
