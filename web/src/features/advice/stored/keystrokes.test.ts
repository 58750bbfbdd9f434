import { describe, expect, it } from "vitest";
import { keystrokes } from "./keystrokes";

// The cases of tests/kit/test_keystrokes.py.
describe("keystrokes", () => {
  it.each([
    ["페트병", "vpxmqud"],
    ["값", "rkqt"],
    ["까치", "rkcl"],
    ["뷁", "qnpfr"],
    ["의자", "dmlwk"],
    ["ㅍㅔㅌ", "vpx"],
    ["ㄳ", "rt"],
    ["PET 병!", "petqud"],
    ["Café №5", "cafeno5"],
    ["ﾊﾞﾅﾅ", ""],
    ["★ ★", ""],
  ])("of %s are those of the two-set keyboard", (text, keys) => {
    expect(keystrokes(text)).toBe(keys);
    expect(keystrokes(text.normalize("NFD"))).toBe(keys);
  });

  it("fold tense consonants, and do not care for spaces", () => {
    expect(keystrokes("뽁뽁이")).toBe(keystrokes("복복이"));
    expect(keystrokes("컵 라면용 기")).toBe(keystrokes("컵라면 용기"));
  });

  it.each(["스티로ㅍ", "스티로포", "스틸", "스"])("of the half-typed %s begin the whole", (half) => {
    expect(keystrokes("스티로폼").startsWith(keystrokes(half))).toBe(true);
  });

  it("of every syllable, typed with the keyboard in English, are the same", () => {
    for (let code = 0xac00; code <= 0xd7a3; code++) {
      const keys = keystrokes(String.fromCodePoint(code));
      expect(keys).toMatch(/^[a-z]{2,}$/);
      expect(keystrokes(keys)).toBe(keys);
    }
  });
});
