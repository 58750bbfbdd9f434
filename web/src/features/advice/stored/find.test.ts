import { describe, expect, it } from "vitest";
import type { StoredItem } from "~/api/types";
import { find, makeIndex } from "./find";

const item = (slug: string, ...names: string[]) =>
  ({
    item: slug,
    name: names[0],
    names,
    material: "plastic",
    form: null,
    disposal: { category: "plastic", category_name: "플라스틱류" },
  }) as unknown as StoredItem;

const index = makeIndex([
  item("clear-pet", "투명 페트병", "페트병", "Clear PET bottle"),
  item("cap", "페트병 뚜껑", "병뚜껑"),
  item("foam", "스티로폼", "Styrofoam"),
  item("box", "종이 상자", "Cardboard box"),
  item("glasses", "안경", "Glasses"),
  item("glass", "유리", "Glass"),
  item("noodle", "컵라면 용기", "Cup noodle bowl"),
  item("pen", "볼펜", "Pen"),
]);

const named = (words: string) =>
  find(index, words, 10)
    .filter(({ sure }) => sure)
    .map((one) => one.item);
const offered = (words: string) => find(index, words, 10).map((one) => one.item);

describe("what is found on this device", () => {
  it.each([
    ["페트병", "clear-pet"],
    ["페트병".normalize("NFD"), "clear-pet"],
    ["  컵 라면 용기 ", "noodle"],
    ["STYROFOAM", "foam"],
    ["vpxmqud", "clear-pet"], // the keyboard was left in English
    ["cardboard boxes", "box"],
    ["glasses", "glasses"],
    ["glass", "glass"],
  ])("is named: %s", (words, slug) => {
    expect(named(words)).toEqual([slug]);
    expect(offered(words)[0]).toBe(slug);
  });

  it.each(["ㅍ", "페", "페트", "페트ㅂ", "페트벼"])("is offered while it is typed: %s", (words) => {
    expect(offered(words)).toContain("clear-pet");
    expect(named(words)).toEqual([]);
  });

  it("is offered for a word in the middle of its name, and for a sentence that holds it", () => {
    expect(offered("라면")).toEqual(["noodle"]);
    expect(offered("noodle")).toEqual(["noodle"]);
    expect(offered("스티로폼은 어떻게 버려요")[0]).toBe("foam");
    expect(offered("페트병 뚜껑 버리기")[0]).toBe("cap");
  });

  it.each(["", "  ", "★", "인공위성", "open", "페트벙"])("is nothing for %o", (words) => {
    expect(find(index, words, 10)).toEqual([]);
  });

  it("is no more than what was asked for", () => {
    expect(find(index, "페", 1)).toHaveLength(1);
  });
});
