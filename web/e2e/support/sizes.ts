import type { Browser, Page, TestInfo } from "@playwright/test";
import {
  expectAccessibleInEveryScheme,
  expectNoSidewaysScroll,
  expectTouchable,
  expectWholeWords,
  keep,
  test,
} from "./test";

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
