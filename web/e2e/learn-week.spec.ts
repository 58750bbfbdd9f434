import type { Browser, Page } from "@playwright/test";
import { reviewAll, withCards } from "./support/learn";
import { look } from "./support/sizes";
import { expect, keep, tabTo, test } from "./support/test";

/** Somebody with two cards in a deck; gives the address of the link by which others learn it. */
async function shared(page: Page): Promise<string> {
  await withCards(page, "유리병", "건전지");
  await page.goto("/learn/decks");
  await page.getByRole("link", { name: /내 카드/ }).click();
  await page.getByRole("button", { name: "더 보기" }).click();
  await page.getByRole("button", { name: "링크로 나누기" }).click();
  await page.getByRole("button", { name: "링크 만들기" }).click();
  return (await page.getByText(/\/learn\/join#/).textContent()) ?? "";
}

/** Somebody else, who learns the deck of the link. */
async function joined(browser: Browser, address: string, name: string): Promise<Page> {
  const context = await browser.newContext({ locale: "ko-KR", viewport: { width: 390, height: 844 } });
  const page = await context.newPage();
  await keep(page, { name });
  await page.goto(address);
  await page.getByRole("button", { name: "배우기", exact: true }).click();
  await expect(page.getByText("유리병", { exact: true })).toBeVisible();
  return page;
}

const person = (page: Page, name: string) => page.getByRole("listitem").filter({ hasText: name });

test("who learns a deck together lets the others see their week, by keys alone", async ({
  page,
  browser,
}) => {
  test.slow();
  await keep(page, { name: "민아" });
  const other = await joined(browser, await shared(page), "준호");
  await reviewAll(other, 2);
  await page.reload();
  await tabTo(page, "button", "더 보기");
  await page.keyboard.press("Enter");
  await tabTo(page, "link", "이번 주 함께 보기");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: "이번 주 함께 보기" })).toBeFocused();
  await expect(person(page, "민아 (나)")).toContainText("복습 0번 · 익힌 카드 0장");
  await expect(person(page, "준호")).toHaveCount(0);
  await expect(page.getByText("1명은 보이지 않아요.")).toBeVisible();

  await other.goto(page.url());
  const shows = other.getByRole("checkbox", { name: "내 이번 주를 다른 사람에게 보이기" });
  await tabTo(other, "checkbox", "내 이번 주를 다른 사람에게 보이기");
  await other.keyboard.press("Space");
  await expect(shows).toBeChecked();
  await other.reload();
  await expect(shows).toBeChecked();
  await page.reload();
  await expect(person(page, "준호")).toContainText("복습 2번 · 익힌 카드 2장");
  await expect(page.getByText("보이지 않아요.")).toHaveCount(0);
  await other.context().close();
});

for (const width of [360, 768, 1280])
  for (const language of ["ko", "en"] as const)
    test(`the week of a deck in ${language}, ${width} pixels wide`, async ({ page, browser }, testInfo) => {
      test.slow();
      await keep(page, { name: "민아" });
      const other = await joined(browser, await shared(page), "준호");
      await page.setViewportSize({ width, height: 780 });
      const deck = new URL(page.url()).pathname;
      await page.evaluate((chosen) => {
        const kept = JSON.parse(localStorage.getItem("bunri.preferences") ?? "{}") as object;
        localStorage.setItem("bunri.preferences", JSON.stringify({ ...kept, language: chosen }));
      }, language);
      await page.goto(`${deck}/week`);
      await expect(page.getByRole("checkbox")).toBeVisible();
      await look(page, testInfo, `week-${language}-${width}`);
      await other.context().close();
    });
