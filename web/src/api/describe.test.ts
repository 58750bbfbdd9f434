import { beforeAll, describe as about, expect, it } from "vitest";
import { loadCatalogues } from "~/i18n";
import { describe } from "./describe";
import { Problem } from "./problem";
import { retryDelay } from "./query";

beforeAll(() => loadCatalogues());

const told = (status: number, code: string, detail = "", retryAfter?: number) =>
  new Problem({ status, code, detail, retryAfter });

about("describe", () => {
  it("prefers the platform's own sentence", () => {
    expect(describe(told(413, "photo_too_large", "사진이 너무 커요.")).sentence).toBe("사진이 너무 커요.");
  });

  it("has a sentence for silence", () => {
    const { title, sentence, remedy } = describe(Problem.network());
    expect([title, sentence, remedy]).toEqual([
      "연결이 되지 않아요",
      "인터넷 연결을 확인하고 다시 시도해 주세요.",
      "retry",
    ]);
  });

  it.each([
    [told(503, "broker_unavailable", "", 2), "지금은 조금 붐벼요", "retry"],
    [told(404, "job_missing"), "찾을 수 없어요", "home"],
    [told(503, "vision_missing"), "지금은 조금 붐벼요", "search"],
    [told(422, "invalid"), "그렇게는 할 수 없어요", null],
    [new TypeError("a bug"), "저희 쪽에서 문제가 생겼어요", "retry"],
  ])("%s", (error, title, remedy) => {
    expect(describe(error)).toMatchObject({ title, remedy });
  });
});

about("retryDelay", () => {
  it("waits as long as it is asked to, else longer each time", () => {
    expect(retryDelay(0, told(429, "limited", "", 7))).toBe(7000);
    expect([0, 1, 2, 9].map((failures) => retryDelay(failures, Problem.network()))).toEqual([
      1000, 2000, 4000, 15_000,
    ]);
  });
});
