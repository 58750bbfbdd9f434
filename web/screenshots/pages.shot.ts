import { devices, type Locator, type Page } from "@playwright/test";
import { plain } from "../e2e/support/pictures";
import { expect, keep, test } from "../e2e/support/test";
import { photo } from "./photos";
import { picture } from "./picture";

/** The pictures of README and guide: docs/images/VIEW-LANGUAGE[-dark][-wide].webp. */

const SURE = "glass208";
const DOUBTFUL = "glass35";

const PHONE = {
  userAgent: devices["Pixel 7"].userAgent,
  viewport: { width: 390, height: 844 },
  deviceScaleFactor: 2,
  isMobile: true,
  hasTouch: true,
};
const DESKTOP = { viewport: { width: 1280, height: 800 }, deviceScaleFactor: 1 };

const WORDS = {
  ko: {
    question: "하나만 여쭤볼게요",
    glass: /^유리(병)?$/,
    steps: "버리는 방법",
    broken: /깨졌어요/,
    typed: "우유",
    unknown: "종이컵 홀더",
    dark: "사진이 너무 어두워요",
    place: "서울시청",
    kinds: "수거함 종류",
  },
  en: {
    question: "Just one question",
    glass: /^Glass( bottle)?$/,
    steps: "How to throw it away",
    broken: /Broken/,
    typed: "milk",
    place: "Seoul City Hall",
    kinds: "Kinds of bins",
  },
} as const;
type Language = keyof typeof WORDS;

test.use({ contextOptions: { reducedMotion: "reduce" } });

test.describe("on a phone", () => {
  test.use(PHONE);

  for (const [language, theme] of [
    ["ko", "light"],
    ["en", "dark"],
  ] as const) {
    const end = theme === "dark" ? `${language}-dark` : language;

    test(`from the front page to an answer: ${end}`, async ({ page }) => {
      await keep(page, { language, theme });
      await front(page);
      await picture(page, `front-${end}`);
      await answered(page, language);
      await picture(page, `answer-${end}`);
      await broken(page, language);
      await picture(page, `broken-${end}`);
    });

    test(`a question: ${end}`, async ({ page }) => {
      await keep(page, { language, theme });
      await front(page);
      await hand(page, DOUBTFUL);
      await expect(page.getByText(WORDS[language].question)).toBeVisible();
      await picture(page, `question-${end}`);
    });

    test(`bins: ${end}`, async ({ page }) => {
      await keep(page, { language, theme });
      await bins(page, language);
      await toTop(page.getByRole("list", { name: WORDS[language].kinds }));
      await picture(page, `bins-${end}`);
    });
  }

  test("words", async ({ page }) => {
    await keep(page, { language: "ko", theme: "light" });
    await front(page);
    await page.getByRole("combobox").first().fill(WORDS.ko.typed);
    await expect(page.getByRole("option").first()).toBeVisible();
    await picture(page, "words-ko");
  });

  test("words that nobody knows", async ({ page }) => {
    await keep(page, { language: "ko", theme: "light" });
    await page.goto(`/search?q=${encodeURIComponent(WORDS.ko.unknown)}`);
    await page.getByRole("heading", { level: 2 }).first().waitFor();
    await page.waitForLoadState("networkidle");
    await picture(page, "not-found-ko");
  });

  test("a photo of nothing", async ({ page }) => {
    await keep(page, { language: "ko", theme: "light" });
    await front(page);
    await page
      .locator("input[type=file]")
      .last()
      .setInputFiles(await plain(page, "#050505"));
    await expect(page.getByRole("heading", { name: WORDS.ko.dark })).toBeVisible();
    await picture(page, "too-dark-ko");
  });

  test("without a network", async ({ page, context, complaints }) => {
    await keep(page, { language: "ko", theme: "light" });
    await front(page);
    await page.evaluate(() => navigator.serviceWorker.ready);
    await page.reload(); // from now on the service worker answers
    const chosen = await photo(page, SURE);
    await context.setOffline(true);
    await page.locator("input[type=file]").last().setInputFiles(chosen);
    await expect(page.getByRole("img", { name: "보낼 사진 1" })).toBeVisible();
    await picture(page, "offline-ko");
    complaints.length = 0; // requests that could not be sent
  });
});

test.describe("on a desktop", () => {
  test.use(DESKTOP);

  test("an answer", async ({ page }) => {
    await keep(page, { language: "en", theme: "light" });
    await front(page);
    await answered(page, "en");
    await picture(page, "answer-en-wide");
  });

  test("bins", async ({ page }) => {
    await keep(page, { language: "ko", theme: "dark" });
    await bins(page, "ko");
    await picture(page, "bins-ko-dark-wide");
  });

  test("about", async ({ page }) => {
    await keep(page, { language: "ko", theme: "light" });
    await page.goto("/me/about");
    await page.waitForLoadState("networkidle");
    await picture(page, "about-ko-wide");
  });
});

async function front(page: Page): Promise<void> {
  await page.goto("/");
  await page.getByRole("heading", { level: 1 }).waitFor();
  await page.waitForLoadState("networkidle");
}

async function hand(page: Page, name: string): Promise<void> {
  await page
    .locator("input[type=file]")
    .last()
    .setInputFiles(await photo(page, name));
  await page.getByRole("article").first().waitFor();
}

/** A glass bottle's answer; where the eyes are not sure, by answering. */
async function answered(page: Page, language: Language): Promise<void> {
  const { glass, question, steps } = WORDS[language];
  await hand(page, SURE);
  if (await page.getByText(question).isVisible()) await page.getByRole("button", { name: glass }).click();
  await expect(page.getByRole("region", { name: steps })).toBeVisible();
  await page.evaluate(() => {
    window.scrollTo({ top: 0 });
  });
}

async function broken(page: Page, language: Language): Promise<void> {
  const toggle = page.getByRole("button", { name: WORDS[language].broken });
  await toggle.click();
  await expect(toggle).toHaveAttribute("aria-pressed", "true");
  await page.waitForLoadState("networkidle");
  await toTop(page.getByRole("region", { name: WORDS[language].steps }));
}

async function toTop(place: Locator): Promise<void> {
  await place.evaluate((one) => {
    window.scrollTo({ top: one.getBoundingClientRect().top + window.scrollY - 16 });
  });
}

/** Around Seoul's city hall, among the sample that every fresh installation has. */
async function bins(page: Page, language: Language): Promise<void> {
  const place = encodeURIComponent(WORDS[language].place);
  await page.goto(`/bins?lat=37.5663&lng=126.9779&place=${place}`);
  await page.locator("main ol > li").first().waitFor();
  await page.waitForLoadState("networkidle");
}
