import { screen } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { pictogramValues } from "~/api/generated/schema";
import type { Disposal, Sign } from "~/api/types";
import { show } from "~/test/show";
import { Steps } from "./Advice";
import { hasPictogram } from "./pictograms";

const rule = { id: "engine-oil", version: "1", source: "지침 별표 1", date: "2026-11-20", verified: true };
const disposal: Disposal = {
  category: "hazardous",
  category_name: "유해폐기물",
  steps: ["뚜껑을 꼭 닫아요.", "하수구에 버리지 마세요.", "전용 수거함에 넣어요."],
  why: "물을 더럽혀요.",
  rule,
};

/** What stands before each step: its number, or that a drawing does. */
async function before(signs?: Disposal["signs"]) {
  await show(<Steps disposal={signs ? { ...disposal, signs } : disposal} />, ["advice"]);
  return screen
    .getAllByRole("listitem")
    .map((step) => (step.querySelector("svg") ? "drawn" : step.firstElementChild?.textContent));
}

describe("a step", () => {
  it("is drawn as the platform says, and numbered where it says nothing: words are not read for a sign", async () => {
    expect(await before(["cap_on", null, null])).toEqual(["drawn", "2", "drawn"]);
  });

  it("is numbered in an answer older than signs, and where this app is older than the sign", async () => {
    expect(await before()).toEqual(["1", "2", "drawn"]);
    expect(hasPictogram("juggle" as Sign)).toBe(false);
  });

  it("says in words alone what its drawing shows", async () => {
    await before(["cap_on", null, null]);
    expect(screen.queryAllByRole("img")).toEqual([]);
  });
});

it("every sign of the contract has a drawing", () => {
  expect(pictogramValues.filter((sign) => !hasPictogram(sign))).toEqual([]);
});

describe("a rule that no source confirms", () => {
  const notice = "이 안내를 확인해 주는 공식 자료를 아직 찾지 못했어요. 구청이나 주민센터에 확인해 주세요.";

  it("says so beside the steps, and one that was checked does not", async () => {
    const { unmount } = await show(<Steps disposal={{ ...disposal, rule: { ...rule, verified: false } }} />, [
      "advice",
    ]);
    expect(screen.getByRole("note")).toHaveTextContent(notice);
    unmount();
    await show(<Steps disposal={disposal} />, ["advice"]);
    expect(screen.queryByRole("note")).not.toBeInTheDocument();
  });
});
