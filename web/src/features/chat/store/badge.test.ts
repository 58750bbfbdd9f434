import { expect, it } from "vitest";
import { titled } from "./badge";

it("puts the number before the title of whatever page, once", () => {
  expect(titled("이웃 · 분리", 3)).toBe("(3) 이웃 · 분리");
  expect(titled("(3) 이웃 · 분리", 4)).toBe("(4) 이웃 · 분리");
  expect(titled("(99+) 이웃 · 분리", 0)).toBe("이웃 · 분리");
  expect(titled("이웃 · 분리", 120)).toBe("(99+) 이웃 · 분리");
});
