import type { Page } from "@playwright/test";
import { drawn } from "./support/pictures";
import { expect, test } from "./support/test";

const TITLE = { ko: "사물 찾기", en: "Find objects" } as const;
const FIND = { ko: "찾기", en: "Find" } as const;

/** Opens the page; whoever is first sees another, which goes on by itself. */
async function open(page: Page, language: "ko" | "en"): Promise<void> {
  await page.goto(`/detect/${language}/`);
  await expect(page.getByRole("button", { name: FIND[language], exact: true })).toBeVisible({
    timeout: 45_000,
  });
}

/** Every text and label of the page. */
const said = (page: Page) =>
  page.evaluate(() =>
    [...document.body.querySelectorAll("*")]
      .filter((one) => !one.matches("script, style") && one.checkVisibility())
      .flatMap((one) => [
        ...[...one.childNodes]
          .filter(({ nodeType }) => nodeType === Node.TEXT_NODE)
          .map((text) => text.textContent ?? ""),
        ...["aria-label", "title", "placeholder", "alt"].map((name) => one.getAttribute(name) ?? ""),
      ])
      .map((text) => text.trim())
      .filter(Boolean),
  );

/** Names are the same in both languages: of models, licences, formats, classes beside their translation, and the link
 * to the other language. */
const NAMES = /yolox?\w*(@\w+)?|marks(@\w+)?|Apache-2\.0|JSON|COCO|IoU|API|ms|px|bunri|분리|English|한국어/g;
const foreign = (texts: string[], language: "ko" | "en") =>
  texts
    .map((text) => text.replace(NAMES, ""))
    .filter((text) =>
      language === "ko" ? /[a-z]{2}/i.test(text) && !/[가-힣]/.test(text) : /[가-힣]/.test(text),
    );

for (const language of ["ko", "en"] as const)
  test.describe(language, () => {
    test.use({ locale: language === "ko" ? "en-US" : "ko-KR" }); // the browser's language is another

    test(`the detection page speaks one language, toasts included: ${language}`, async ({
      page,
      complaints,
    }) => {
      await open(page, language);
      await expect(page).toHaveTitle(new RegExp(TITLE[language]));
      await page
        .locator("input[type=file]")
        .first()
        .setInputFiles(await drawn(page, 3));
      await expect(page.locator(".told")).toBeVisible({ timeout: 45_000 });
      expect(foreign(await said(page), language)).toEqual([]);
      await page.route("**/gradio_api/upload*", (route) =>
        route.continue({ headers: { ...route.request().headers(), "content-type": "multipart/form-data" } }),
      );
      await page.reload();
      await page
        .locator("input[type=file]")
        .first()
        .setInputFiles(await drawn(page, 4));
      const toast = page.locator(".toast-body, [data-testid=toast-body]").first();
      await expect(toast).toBeVisible();
      await expect(toast).toContainText(
        { ko: "맞지 않는 값이 있어요", en: "Some of what you sent does not" }[language],
      );
      expect(foreign(await said(page), language)).toEqual([]);
      complaints.length = 0; // the refusal
    });
  });

test("what the detection page gets tells no path of the server, and works", async ({ page }) => {
  const told: string[] = [];
  const hosts = new Set<string>();
  page.on("request", (request) => {
    told.push(request.url(), request.postData() ?? "");
    if (request.url().startsWith("http")) hosts.add(new URL(request.url()).host);
  });
  await open(page, "ko");
  await page
    .locator("input[type=file]")
    .first()
    .setInputFiles(await drawn(page, 5));
  await expect(page.locator(".told")).toBeVisible({ timeout: 45_000 });
  const result = page.locator(".shown img").first();
  await expect
    .poll(() => result.evaluate((one) => (one as HTMLImageElement).naturalWidth))
    .toBeGreaterThan(0);
  told.push(await page.content());
  expect(told.join("\n")).toContain("file=files/");
  expect(told.join("\n")).not.toMatch(/file=%?2?F?\/|playground\/\d|\/tmp\/|\/home\/|\/root\//);
  expect([...hosts]).toEqual([new URL(page.url()).host]);
});

test("an example is found in", async ({ page }) => {
  await open(page, "ko");
  await page.locator(".gallery-item, button.gallery-item, .gallery button").first().click();
  await expect(page.locator(".told")).toBeVisible({ timeout: 45_000 });
});
