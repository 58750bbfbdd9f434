import type { Browser, Page, TestInfo } from "@playwright/test";
import {
  expect,
  expectAccessibleInEveryScheme,
  expectNoSidewaysScroll,
  expectTouchable,
  expectWholeWords,
  keep,
  test,
} from "./test";

/** Writes a card as somebody does who has none. */
export async function write(page: Page, front: string, back: string): Promise<void> {
  await page.getByRole("textbox", { name: "앞면" }).fill(front);
  await page.getByRole("textbox", { name: "뒷면" }).fill(back);
  await page.getByRole("button", { name: "카드 더하기" }).click();
  await expect(page.getByRole("textbox", { name: "앞면" })).toHaveValue("");
}

/** A guest with these cards, on the page of today. */
export async function withCards(page: Page, ...cards: readonly string[]): Promise<void> {
  await page.goto("/learn");
  await page.getByRole("link", { name: "카드 쓰기" }).click();
  for (const front of cards) await write(page, front, `답 ${front}`);
  await page.getByRole("navigation").getByRole("link", { name: "배우기" }).click();
  await expect(page.getByRole("heading", { name: `오늘 복습할 카드 ${cards.length}장` })).toBeVisible();
}

/** Reviews all that is due, by keys: everything was easy. */
export async function reviewAll(page: Page, count: number): Promise<void> {
  await page.goto("/learn/review");
  for (let left = count; left > 0; left--) {
    await expect(page.getByText(`${left}장 남았어요`)).toBeVisible();
    await page.keyboard.press("Space");
    await page.keyboard.press("4");
  }
  await expect(page.getByRole("heading", { name: "오늘 할 만큼 했어요" })).toBeVisible();
  await expect(page.getByText("이 기기에 있어요")).toHaveCount(0);
}

export const badge = (page: Page, count: number) =>
  expect(page.getByRole("navigation").getByText(`복습할 카드 ${count}장`)).toBeAttached();

/** What every page must be: accessible in every scheme, touchable, whole with text at 200 %. Leaves a screenshot. */
export async function look(page: Page, testInfo: TestInfo, name: string): Promise<void> {
  await page.screenshot({ path: testInfo.outputPath(`${name}.png`), fullPage: true });
  await expectAccessibleInEveryScheme(page);
  await expectTouchable(page);
  for (const scale of [100, 200]) {
    await page.evaluate((size) => (document.documentElement.style.fontSize = `${size}%`), scale);
    await expectNoSidewaysScroll(page);
    await expectWholeWords(page);
  }
  await page.screenshot({ path: testInfo.outputPath(`${name}-200.png`) });
  await page.evaluate(() => (document.documentElement.style.fontSize = ""));
}

type Sized = Readonly<{
  page: Page;
  browser: Browser;
  language: "ko" | "en";
  width: number;
  /** `look` at this page, or at `of`, under a name that says language and width. */
  look: (name: string, of?: Page) => Promise<void>;
}>;

/** A test in each language at each of `widths`. */
export function inEverySize(
  title: string,
  widths: readonly number[],
  body: (given: Sized) => Promise<void>,
): void {
  for (const language of ["ko", "en"] as const)
    for (const width of widths)
      test(`${title} in ${language}, ${width} pixels wide`, async ({ page, browser }, testInfo) => {
        test.setTimeout(180_000);
        await keep(page, { language, name: "Kim" });
        await page.setViewportSize({ width, height: 780 });
        await body({
          page,
          browser,
          language,
          width,
          look: (name, of = page) => look(of, testInfo, `${name}-${language}-${width}`),
        });
      });
}
