import type { Browser, BrowserContext, Page } from "@playwright/test";
import { drawn } from "./support/pictures";
import {
  expect,
  expectAccessibleInEveryScheme,
  expectNoSidewaysScroll,
  expectTouchable,
  expectWholeWords,
  keep,
  test,
} from "./support/test";

/** Every page but the answer, whose states are in coach.spec.ts, and what comes last on it. */
const PAGES = {
  "/": "main option >> nth=1",
  "/bins": "main [data-size]",
  "/me": "main li",
  "/me/about": "main figure img >> nth=1",
  "/me/settings": "main option >> nth=1",
  "/me/history": "main li img",
  "/search?q=우유팩": "main li",
  "/items/glass-bottle": "main ol > li",
  "/no/such/page": "main h2",
  "/account/profile": "main option >> nth=1",
  "/account/export": "main li",
  "/account/leave": "main li",
  "/account/unsubscribe#a": "main form",
} as const;
const PATHS = Object.keys(PAGES) as (keyof typeof PAGES)[];
const WIDTHS = [360, 768, 1280];

/** Somebody who has asked once: what the browser kept. Each use changes the cookie, so each test leaves its own to the next. */
let guest: Awaited<ReturnType<typeof asked>>;

test.beforeAll(async ({ browser, baseURL }) => {
  guest = await asked(browser, baseURL);
});
// eslint-disable-next-line no-empty-pattern -- Playwright reads what a fixture needs from its pattern
test.use({ storageState: ({}, use) => use(guest) });
test.afterEach(async ({ context }) => {
  guest = await keptBy(context);
});

async function asked(browser: Browser, baseURL = "") {
  const context = await browser.newContext({ baseURL });
  const page = await context.newPage();
  await page.goto("/");
  await page
    .locator("input[type=file]")
    .last()
    .setInputFiles(await drawn(page, 21));
  await page.getByRole("article").waitFor();
  // The first meeting with the profile would bring the language of this visit into the tests that choose another.
  await page.waitForFunction(() => localStorage.getItem("bunri.profile"));
  const kept = await keptBy(context);
  await context.close();
  return kept;
}

async function keptBy(context: BrowserContext) {
  const kept = await context.storageState();
  // The tests choose a language of their own.
  const own = kept.origins.map(({ origin, localStorage }) => ({
    origin,
    localStorage: localStorage.filter(({ name }) => name !== "bunri.preferences"),
  }));
  return { ...kept, origins: own };
}

async function open(page: Page, path: keyof typeof PAGES): Promise<void> {
  await page.goto(path);
  await page.getByRole("heading", { level: 1 }).waitFor({ state: "attached" });
  await page.locator(PAGES[path]).first().waitFor({ state: "attached" });
  await expect(page.locator("main [aria-busy=true]:visible")).toHaveCount(0);
}

/** Somebody who has chosen this language on this device; their profile says so a little later. */
async function speak(page: Page, language: string): Promise<void> {
  await keep(page, { language });
  await page.addInitScript(() => {
    localStorage.setItem("bunri.unsent", JSON.stringify(["language"]));
  });
}

for (const path of PATHS) {
  test(`everybody can use ${path}`, async ({ page }) => {
    await open(page, path);
    await expectAccessibleInEveryScheme(page);
  });
}

for (const language of ["ko", "en"]) {
  test(`nothing is wider than the screen: ${language}`, async ({ page }) => {
    await speak(page, language);
    for (const path of PATHS) {
      await open(page, path);
      for (const width of WIDTHS) {
        await page.setViewportSize({ width, height: 800 });
        await expectNoSidewaysScroll(page);
      }
    }
  });

  for (const path of PATHS)
    test(`nothing is lost or broken when text is twice as large: ${language}, ${path}`, async ({ page }) => {
      await speak(page, language);
      await open(page, path);
      await page.evaluate(() => (document.documentElement.style.fontSize = "200%"));
      for (const width of [360, 390]) {
        await page.setViewportSize({ width, height: 800 });
        await expectNoSidewaysScroll(page);
        await page.screenshot({
          path: `test-results/large-${language}-${width}-${path.replaceAll(/[/#]/g, "_").replace(/\?.*/, "")}.png`,
          fullPage: true,
        });
        await expectWholeWords(page);
      }
    });
}

test("every target of a finger is 44 pixels wide and high", async ({ page }) => {
  for (const path of PATHS) {
    await open(page, path);
    for (const width of WIDTHS) {
      await page.setViewportSize({ width, height: 800 });
      await expectTouchable(page);
    }
  }
});
