import { describe, expect, it } from "vitest";
import { readAddress, writeAddress } from "./address";

const read = (query: string) => readAddress(new URLSearchParams(query));

describe("an address", () => {
  it("says kinds, a point with its name, and a bin", () => {
    expect(read("kind=lamp&kind=battery&lat=37.5663&lng=126.9779&place=%EC%8B%9C%EC%B2%AD&bin=x")).toEqual({
      kinds: ["battery", "lamp"],
      point: { lat: 37.5663, lng: 126.9779 },
      place: "시청",
      bin: "x",
    });
  });

  it.each(["kind=spaceship", "lat=37", "lat=&lng=", "lat=91&lng=0", "lat=north&lng=1", "place=nowhere"])(
    "leaves out what makes no sense: %s",
    (query) => {
      expect(read(query)).toEqual({ kinds: [], point: null, place: null, bin: null });
    },
  );

  it("is read as it was written", () => {
    const address = {
      kinds: ["pet", "clothes"],
      point: { lat: 37.56631, lng: 126.97791 },
      place: "서울시청 & 광장",
      bin: "0198",
    } as const;
    expect(readAddress(writeAddress(address))).toEqual(address);
  });

  it("of nothing is empty", () => {
    expect(writeAddress({ kinds: [], point: null, place: null, bin: null }).toString()).toBe("");
  });
});
