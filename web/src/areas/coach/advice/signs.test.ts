import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { signOf } from "./signs";

const steps = readFileSync(
  join(import.meta.dirname, "../../../../../src/bunri/domains/recycling/data/steps.toml"),
  "utf-8",
);
const sentences = [...steps.matchAll(/^(\w+) = { ko = "([^"]+)", en = "([^"]+)" }/gm)];

describe("the shared steps of the rule table", () => {
  it.each(sentences.map(([, key = "", ko = "", en = ""]) => [key, ko, en] as const))(
    "%s has the same sign in both languages",
    (_, ko, en) => {
      expect(signOf(ko)).not.toBeNull();
      expect(signOf(en)).toBe(signOf(ko));
    },
  );
});

it.each([
  ["물로 헹궈요.", "rinse"],
  ["라벨을 떼요.", "label"],
  ["뚜껑을 다시 닫아요.", "cap_on"],
  ["뚜껑을 떼어 재질에 맞게 따로 내놓아요.", "cap_off"],
  ["Press it flat to save space.", "flatten"],
  ["그대로 둬요.", null],
])("%s: %s", (step, sign) => {
  expect(signOf(step)).toBe(sign);
});
