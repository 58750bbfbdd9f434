import { devices } from "@playwright/test";
import { expect, keep, test } from "../e2e/support/test";
import { picture } from "./picture";

/** The pictures of the chapter for teachers: docs/images/class-ko.webp, class-en-dark.webp. */

const WORDS = {
  ko: {
    teacher: "김 선생님",
    make: "반 만들기",
    name: "반 이름",
    class: "3학년 2반",
    done: "만들기",
    nickname: "별명",
    enter: "들어가기",
    pupils: ["토끼", "거북이", "다람쥐"],
    progress: "별명마다의 배움",
  },
  en: {
    teacher: "Ms Kim",
    make: "Make a class",
    name: "Name of the class",
    class: "Class 3B",
    done: "Make it",
    nickname: "Nickname",
    enter: "Enter",
    pupils: ["Rabbit", "Turtle", "Squirrel"],
    progress: "How each pupil does",
  },
} as const;

test.use({
  userAgent: devices["Pixel 7"].userAgent,
  viewport: { width: 390, height: 844 },
  deviceScaleFactor: 2,
  isMobile: true,
  hasTouch: true,
  contextOptions: { reducedMotion: "reduce" },
});

for (const [language, theme] of [
  ["ko", "light"],
  ["en", "dark"],
] as const)
  test(`a class as its teacher sees it: ${language}`, async ({ page, browser }) => {
    test.setTimeout(240_000); // four browsers, one after the other
    const words = WORDS[language];
    await keep(page, { language, theme, name: words.teacher });
    await page.goto("/learn/class");
    await page.getByRole("button", { name: words.make }).click();
    await page.getByRole("textbox", { name: words.name }).fill(words.class);
    await page.getByRole("button", { name: words.done, exact: true }).click();
    const code = await page.getByText(/^[2-9A-Z]{4}-[2-9A-Z]{4}$/).textContent();
    for (const nickname of words.pupils) {
      const context = await browser.newContext({ locale: language === "ko" ? "ko-KR" : "en-GB" });
      const pupil = await context.newPage();
      await keep(pupil, { language });
      await pupil.goto(`/learn/class/join#${code}`);
      await pupil.getByRole("textbox", { name: words.nickname }).fill(nickname);
      await pupil.getByRole("button", { name: words.enter, exact: true }).click();
      await expect(pupil.getByText(new RegExp(`${nickname} ·`))).toBeVisible();
      await context.close();
    }
    await page.reload();
    await expect(page.getByText(words.pupils[2], { exact: true })).toBeVisible();
    await picture(page, theme === "dark" ? `class-${language}-dark` : `class-${language}`);
  });
