import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import DISTRICTS from "./districts.json";
import { apart, inside, namesOf } from "./labels";

const at = (address: string | null, lat: number, lng: number) => ({ address, lat, lng });
const BINS = [
  at("서울특별시 강북구 노해로13길 89", 37.639, 127.017),
  at("서울특별시 강북구 노해로 12", 37.641, 127.019),
  at("서울특별시 강북구 노해로 14", 37.64, 127.018),
  at("경기도 수원시 장안구 정조로 9", 37.3, 127.01),
  at("서울특별시 중구", 37.56, 126.99),
  at("0123", 37.5, 127),
  at(null, 37.5, 127),
];

describe("names", () => {
  it("are the districts from afar, in the language in use, whether or not there are bins", () => {
    expect(namesOf([], 11, "ko")).toContainEqual({ text: "강북구", lat: 37.637, lng: 127.028 });
    expect(namesOf(BINS, 11, "en")).toContainEqual({ text: "Gangbuk-gu", lat: 37.637, lng: 127.028 });
    expect(namesOf(BINS, 11, "ko")).toHaveLength(DISTRICTS.length);
  });

  it("are the roads from near, lanes among them, those with more bins first, and then the districts", () => {
    expect(namesOf(BINS, 15, "ko").slice(0, 3)).toEqual([
      { text: "노해로", lat: 37.64, lng: 127.018 },
      { text: "정조로", lat: 37.3, lng: 127.01 },
      { text: "강남구", lat: 37.515, lng: 127.05 },
    ]);
  });

  it("of districts are those by which the platform finds places", () => {
    const list = readFileSync("../src/bunri/domains/locations/data/districts.toml", "utf-8");
    const rows = [...list.matchAll(/^ {2}\["(?:.* )?(.+)", "(?:.* )?(.+)", (.+), (.+)\],$/gm)];
    expect(DISTRICTS).toEqual(
      rows.map(([, ko, en, lat, lng]) => ({ ko, en, lat: Number(lat), lng: Number(lng) })),
    );
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

  it("is what the map shows whole", () => {
    const view = { lat: 37.56, lng: 126.99, zoom: 11 };
    const size = { width: 300, height: 300 };
    expect(inside(names, view, size)).toEqual(names.filter(({ text }) => text === "중구"));
    const edge = (text: string) => [{ text, lat: 37.56, lng: 127.035 }]; // 131 pixels from the middle, of 150
    expect(inside(edge("중구"), view, size)).toHaveLength(1);
    expect(inside(edge("Seodaemun-gu"), view, size)).toHaveLength(0);
  });

  it("leaves long names more room", () => {
    const side = (text: string) => [
      { text, lat: 37.64, lng: 127.018 },
      { text, lat: 37.6401, lng: 127.055 },
    ];
    expect(apart(side("중구"), [], 11)).toHaveLength(2);
    expect(apart(side("Dongdaemun-gu"), [], 11)).toHaveLength(1);
  });

  it("puts a name below the mark that would cover it", () => {
    const [first, second] = apart(names, [{ lat: 37.64, lng: 127.018 }], 11);
    expect([first?.below, second?.below]).toEqual([true, false]);
  });
});
