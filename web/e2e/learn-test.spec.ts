import type { Page } from "@playwright/test";
import { badge, reviewAll, withCards } from "./support/learn";
import { look } from "./support/sizes";
import { expect, expectAccessible, keep, test } from "./support/test";

/** Of how many questions which one is asked, as the page says it. */
async function numbersOf(page: Page): Promise<number[]> {
  const words = await page.getByText(/^\d+문제 가운데 \d+번$/).textContent();
  return (words ?? "").match(/\d+/g)?.map(Number) ?? [];
}

const CARDS = ["하나", "둘", "셋", "넷", "다섯"];

test("a weekly test is taken, and what was wrong comes back today", async ({ page }, testInfo) => {
  test.slow();
  await withCards(page, ...CARDS);
  await reviewAll(page, CARDS.length);
  await page.goto("/learn");
  await page.getByRole("link", { name: /주간 시험/ }).click();
  await look(page, testInfo, "begin");
  await page.getByRole("button", { name: "시작하기" }).click();
  await expect(page.getByRole("progressbar")).toBeVisible();

  const [questions = 0] = await numbersOf(page);
  let wrong = 0;
  for (let number = 1; number <= questions; number++) {
    await expect(page.getByText(`${questions}문제 가운데 ${number}번`)).toBeVisible();
    const article = page.getByRole("article", { name: "문제" });
    await expect(article).toBeVisible();
    const [asked = ""] = (await article.innerText()).split("\n");
    const typed = page.getByRole("textbox", { name: "답을 적어 주세요" });
    if (number === 1) await look(page, testInfo, "question");
    if (await typed.isVisible()) {
      const right = number % 2 === 1;
      await typed.fill(right ? `답 ${asked}` : "모름");
      await page.keyboard.press("Enter");
      await expect(page.getByText(right ? "맞았어요" : "달라요", { exact: true })).toBeVisible();
      await expect(page.getByText(`맞는 답: 답 ${asked}`)).toBeVisible();
      if (!right) wrong += 1;
    } else {
      await page.keyboard.press("1"); // whatever it is
      await expect(page.getByRole("button", { name: /다음 문제|결과 보기/ })).toBeFocused();
      if (await page.getByText("달라요", { exact: true }).isVisible()) wrong += 1;
    }
    if (number === 2) {
      await look(page, testInfo, "answered");
      await page.reload(); // what was answered stays
      continue;
    }
    await expect(page.getByRole("button", { name: /다음 문제|결과 보기/ })).toBeFocused();
    await page.keyboard.press("Enter");
  }
  await expect(
    page.getByRole("heading", { name: `${questions}문제 가운데 ${questions - wrong}문제 맞음` }),
  ).toBeVisible();
  await look(page, testInfo, "result");
  await page.goto("/learn/test");
  await page.getByRole("link", { name: /에 시작한 주/ }).click();
  if (wrong === 0) return;
  await page.getByRole("button", { name: "오늘 다시 물어보기" }).click();
  const repeated = page.getByText(/^카드 \d+장을 오늘 다시 물어봐요\.$/);
  await expect(repeated).toBeVisible();
  const count = Number(/\d+/.exec((await repeated.textContent()) ?? "")?.[0]);
  expect(count).toBeGreaterThan(0);
  expect(count).toBeLessThanOrEqual(wrong); // a card may be asked twice, and comes back once
  await page.getByRole("link", { name: "복습하기" }).click();
  await badge(page, count);
});

test("a test that is ended early counts the rest as wrong; an answer that is lost is sent again", async ({
  page,
  complaints,
}) => {
  await withCards(page, ...CARDS);
  await reviewAll(page, CARDS.length);
  await page.goto("/learn/test");
  await page.getByRole("button", { name: "시작하기" }).click();
  await expect(page.getByRole("article", { name: "문제" })).toBeVisible();
  const [questions = 0] = await numbersOf(page);
  await page.context().setOffline(true);
  const typed = page.getByRole("textbox", { name: "답을 적어 주세요" });
  const choice = page.getByRole("list", { name: "고를 것" }).getByRole("button").first();
  await expect(typed.or(choice)).toBeVisible();
  const isTyped = await typed.isVisible();
  if (isTyped) await typed.fill("모름");
  const answer = isTyped ? page.getByRole("button", { name: "확인하기" }) : choice;
  await answer.click();
  await expect(page.getByRole("main").getByRole("alert")).toBeVisible();
  await page.context().setOffline(false);
  complaints.length = 0; // what could not be reached
  await answer.click();
  const verdict = page.getByText(/^(맞았어요|달라요)$/);
  await expect(verdict).toBeVisible();
  const right = (await verdict.textContent()) === "맞았어요" ? 1 : 0;
  await page.getByRole("button", { name: "여기서 마치기" }).click();
  await page
    .getByRole("group", { name: /마칠까요/ })
    .getByRole("button", { name: "여기서 마치기" })
    .click();
  await expect(
    page.getByRole("heading", { name: `${questions}문제 가운데 ${right}문제 맞음` }),
  ).toBeVisible();
  await expect(
    page.getByRole("region", { name: "다시 볼 카드" }).getByRole("listitem").first(),
  ).toBeVisible();
});

test("who has reviewed too little is told so", async ({ page, complaints }) => {
  await keep(page, { language: "en" });
  await page.goto("/learn/test");
  await page.getByRole("button", { name: "Begin" }).click();
  await expect(page.getByRole("heading", { name: "Not enough for a test yet" })).toBeVisible();
  await expect(page.getByText("A test needs 4 different cards")).toBeVisible();
  complaints.length = 0; // the refusal
  await expectAccessible(page);
});
