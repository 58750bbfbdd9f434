import { devices } from "@playwright/test";
import { makeRoom } from "../e2e/support/chat";
import { expect, keep, test } from "../e2e/support/test";
import { picture } from "./picture";

/** The picture of the one search in docs/guide.md and README. */

test.use({
  contextOptions: { reducedMotion: "reduce" },
  userAgent: devices["Pixel 7"].userAgent,
  viewport: { width: 390, height: 844 },
  deviceScaleFactor: 2,
  isMobile: true,
  hasTouch: true,
  locale: "ko-KR",
  timezoneId: "Asia/Seoul",
});

test("one search", async ({ page }) => {
  await keep(page, { language: "ko", theme: "light", region: "seoul-nowon", name: "민아" });
  await makeRoom(page, "빈 병 모으는 이웃");
  await page.goto("/learn");
  await page.getByRole("button", { name: "기본 카드로 시작하기" }).click();
  await expect(page.getByRole("heading", { name: /오늘 복습할 카드 \d+장/ })).toBeVisible();
  await page.goto("/search?q=병");
  for (const found of ["찾은 것", "이웃의 방", "내 카드"])
    await expect(page.getByRole("region", { name: found }).getByRole("link").first()).toBeAttached();
  await page.waitForLoadState("networkidle");
  await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
  await page.getByRole("region", { name: "장소와 수거함" }).evaluate((region) => region.scrollIntoView());
  await picture(page, "search-ko");
});
