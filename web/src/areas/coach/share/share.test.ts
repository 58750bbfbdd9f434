import { describe, expect, it } from "vitest";
import { broken, cover } from "./share";

describe("cover", () => {
  it("shows the thing with air around it", () => {
    expect(cover(4000, 3000, { width: 432, height: 248 })).toBeCloseTo(2);
  });

  it("never shows more than the photo has", () => {
    expect(cover(1080, 1080, { width: 1080, height: 1080 })).toBe(1);
  });
});

describe("broken", () => {
  const measure = (words: string) => words.length;

  it("breaks between words", () => {
    expect(broken("물로 헹군 뒤 말려요", 8, measure, 3)).toEqual(["물로 헹군 뒤", "말려요"]);
  });

  it("ends with an ellipsis what does not fit", () => {
    expect(broken("하나 둘 셋 넷", 2, measure, 2)).toEqual(["하나", "둘…"]);
  });
});
