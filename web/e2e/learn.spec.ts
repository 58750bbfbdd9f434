import type { Page } from "@playwright/test";
import { GLASS, hand } from "./support/coach";
import { badge, withCards, write } from "./support/learn";
import { drawn } from "./support/pictures";
import { inEverySize } from "./support/sizes";
import {
  expect,
  expectAccessibleInEveryScheme,
  expectNoSidewaysScroll,
  expectTouchable,
  expectWholeWords,
  keep,
  tabTo,
  test,
} from "./support/test";

test("a newcomer writes cards, reviews them without a network, and they are counted", async ({
  page,
  complaints,
}, testInfo) => {
  await withCards(page, "하나", "둘", "셋");
  await badge(page, 3);
  await page.evaluate(() => navigator.serviceWorker.ready);
  await page.reload(); // the worker keeps what this page fetches from now on
  await expect(page.getByRole("link", { name: "시작하기" })).toBeVisible();
  await expect.poll(() => stored(page)).toBe(3);

  await page.context().setOffline(true);
  await page.goto("/learn/review");
  for (const front of ["하나", "둘"]) {
    await expect(page.getByText(front, { exact: true })).toBeVisible();
    await page.keyboard.press("Space");
    await page.keyboard.press("4");
  }
  await expect(page.getByText("복습 2개는 이 기기에 있어요.")).toBeVisible();
  await page.keyboard.press("u");
  await expect(page.getByText("둘", { exact: true })).toBeVisible();
  await page.keyboard.press("Space");
  await page.keyboard.press("4");
  await page.screenshot({ path: testInfo.outputPath("offline.png") });
  await page.goto("/learn");
  await expect(page.getByRole("heading", { name: "오늘 복습할 카드 1장" })).toBeVisible();
  await expect(page.getByText("복습 2개는 이 기기에 있어요.")).toBeVisible();

  await page.context().setOffline(false);
  await expect(page.getByText("이 기기에 있어요")).toHaveCount(0);
  await badge(page, 1);
  complaints.length = 0; // what could not be reached
  await page.reload();
  await expect(page.getByRole("heading", { name: "오늘 복습할 카드 1장" })).toBeVisible();
});

/** How many cards of the last list this device has. */
function stored(page: Page): Promise<number> {
  return page.evaluate(
    () =>
      new Promise<number>((resolve) => {
        const opening = indexedDB.open("bunri");
        opening.onsuccess = () => {
          const asked = opening.result.transaction("due").objectStore("due").get("list");
          asked.onsuccess = () => {
            opening.result.close();
            resolve((asked.result as { due: { cards: unknown[] } } | undefined)?.due.cards.length ?? 0);
          };
        };
      }),
  );
}

test("everything is done by keys alone", async ({ page }) => {
  await page.goto("/learn");
  await tabTo(page, "link", "카드 쓰기");
  await page.keyboard.press("Enter");
  await tabTo(page, "textbox", "앞면");
  await page.keyboard.type("건전지");
  await page.keyboard.press("Tab");
  await page.keyboard.type("전용 수거함");
  await tabTo(page, "button", "카드 더하기");
  await page.keyboard.press("Enter");
  await expect(page.getByText("카드를 더했어요.").first()).toBeAttached();
  await page.goto("/learn");
  await tabTo(page, "link", "시작하기");
  await page.keyboard.press("Enter");
  await expect(page.getByText("건전지")).toBeVisible();
  await tabTo(page, "button", "답 보기");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("group", { name: "답" })).toBeFocused();
  await page.keyboard.press("3");
  await expect(page.getByText("건전지")).toBeVisible(); // a new card comes back in ten minutes
  await page.keyboard.press("u");
  await page.keyboard.press("Space");
  await page.keyboard.press("4");
  await expect(page.getByRole("heading", { name: "오늘 할 만큼 했어요" })).toBeVisible();
});

test("a deck is shared by a link, and learned by somebody else", async ({ page, browser }, testInfo) => {
  await keep(page, { name: "민아" });
  await withCards(page, "유리병");
  await page.getByRole("link", { name: /카드 묶음/ }).click();
  await page.getByRole("link", { name: /내 카드/ }).click();
  await page.getByRole("button", { name: "더 보기" }).click();
  await page.getByRole("button", { name: "링크로 나누기" }).click();
  await page.getByRole("button", { name: "링크 만들기" }).click();
  await expect(page.getByRole("img", { name: /QR/ })).toBeVisible();
  await page.screenshot({ path: testInfo.outputPath("share.png") });
  await expectAccessibleInEveryScheme(page);
  const address = await page.getByText(/\/learn\/join#/).textContent();

  const context = await browser.newContext({ locale: "ko-KR", viewport: { width: 390, height: 844 } });
  const other = await context.newPage();
  await other.goto(address ?? "");
  await expect(other.getByRole("heading", { name: "내 카드" })).toBeVisible();
  expect(new URL(other.url()).hash).toBe("");
  await expectAccessibleInEveryScheme(other);
  await other.getByRole("button", { name: "배우기", exact: true }).click();
  await expect(other.getByText("유리병", { exact: true })).toBeVisible();
  await expect(other.getByText("카드 1장 · 배우는 중")).toBeVisible();
  await expect(other.getByRole("link", { name: "카드 쓰기" })).toHaveCount(0);
  await context.close();
});

test("cards are found by their initial consonants, and changed together", async ({ page }, testInfo) => {
  await withCards(page, "건전지", "유리병");
  await page.goto("/learn/decks");
  await page.getByRole("link", { name: /내 카드/ }).click();
  await page.getByRole("textbox", { name: "카드 찾기" }).fill("ㄱㅈㅈ");
  await expect(page.getByRole("link", { name: /유리병/ })).toHaveCount(0);
  await expect(page.getByRole("link", { name: /건전지/ })).toBeVisible();
  await page.getByRole("button", { name: "지우기" }).click();
  await page.getByRole("button", { name: "고르기", exact: true }).click();
  await page.getByRole("button", { name: "보이는 것 모두" }).click();
  await page.getByRole("button", { name: "태그", exact: true }).click();
  await page.getByRole("textbox", { name: /태그/ }).fill("집 위험");
  await page.screenshot({ path: testInfo.outputPath("bulk.png") });
  await page.getByRole("button", { name: "태그 붙이기" }).click();
  await expect(page.getByRole("button", { name: "#위험" })).toBeVisible();
  await expectAccessibleInEveryScheme(page);
  await expectTouchable(page);
});

inEverySize("each page is whole and accessible", [360, 1280], async ({ page, language, look }) => {
  const words = {
    ko: {
      write: "카드 쓰기",
      front: "앞면",
      back: "뒷면",
      add: "카드 더하기",
      show: "답 보기",
      good: /기억났어요/,
    },
    en: {
      write: "Write a card",
      front: "Front",
      back: "Back",
      add: "Add the card",
      show: "Show the answer",
      good: /Good/,
    },
  }[language];
  await page.goto("/learn");
  await page.getByRole("link", { name: words.write }).waitFor();
  await look("newcomer");
  await page.getByRole("link", { name: words.write }).click();
  await page.getByRole("textbox", { name: words.front, exact: true }).fill("**PET**");
  await page.getByRole("textbox", { name: words.back, exact: true }).fill("- 1\n- 2");
  await look("editor");
  await page.getByRole("button", { name: words.add }).click();
  await expect(page).not.toHaveURL(/first/);
  await page.goto("/learn");
  await page.locator('a[href="/learn/review"]').waitFor();
  await look("today");
  await page.goto("/learn/decks");
  await page.locator('main a[href^="/learn/decks/"]').first().waitFor();
  await look("decks");
  await page.locator('main a[href^="/learn/decks/"]').first().click();
  await page.locator('main a[href^="/learn/cards/"]').first().waitFor();
  await look("deck");
  await page.goto("/learn/review");
  await page.getByRole("button", { name: words.show }).click();
  await expect(page.getByRole("button", { name: words.good })).toBeVisible();
  await look("review");
});

test("the two decks of the rules are learned by one press, and a picture stands on a card", async ({
  page,
}, testInfo) => {
  await page.goto("/learn");
  await page.getByRole("button", { name: "기본 카드로 시작하기" }).click();
  await expect(page.getByRole("heading", { name: /오늘 복습할 카드 \d+장/ })).toBeVisible();
  await expect(page.getByRole("heading", { name: "이번 주" })).toBeVisible();
  await page.getByRole("link", { name: "시작하기" }).click();
  await expect(page.getByRole("article", { name: "카드" })).toBeVisible();
  await page.screenshot({ path: testInfo.outputPath("starter.png") });
  await page.goto("/learn/decks/first/new");
  await write(page, "처음", "카드");
  await expect(page.getByRole("button", { name: "그림 넣기" })).toBeVisible();
  await page.locator("input[type=file]").setInputFiles(await drawn(page, 7));
  await expect(page.getByRole("region", { name: "미리 보기" }).locator("img")).toBeVisible();
  await page.getByRole("textbox", { name: "뒷면" }).fill("그림의 답");
  await page.screenshot({ path: testInfo.outputPath("picture.png") });
  await page.getByRole("button", { name: "카드 더하기" }).click();
  await expect(page.getByRole("textbox", { name: "앞면" })).toHaveValue("");
});

test("a scan becomes a card", async ({ page }, testInfo) => {
  await hand(page, 4711);
  const make = page.getByRole("button", { name: "카드로 외우기" });
  // What the models are not sure of is asked first.
  await expect(make.or(page.getByText("하나만 여쭤볼게요")).first()).toBeVisible({ timeout: 40_000 });
  if (!(await make.isVisible())) await page.getByRole("button", { name: GLASS }).first().click();
  await make.click();
  await page.getByRole("link", { name: "카드 보기" }).click();
  await expect(page.getByRole("region", { name: "미리 보기" }).locator("img")).toBeVisible();
  await page.screenshot({ path: testInfo.outputPath("scan.png") });
  await badge(page, 1);
});

test("what was reviewed is drawn, and told to who listens", async ({ page }, testInfo) => {
  await withCards(page, "하나");
  await page.goto("/learn/review");
  await expect(page.getByText("하나", { exact: true })).toBeVisible();
  await page.keyboard.press("Space");
  await page.keyboard.press("4");
  await expect(page.getByRole("heading", { name: "오늘 할 만큼 했어요" })).toBeVisible();
  await page.goto("/learn/stats");
  await expect(page.getByText("1일 동안 1번 복습했어요.")).toBeVisible();
  await expect(page.getByRole("table", { name: "복습한 날" }).getByRole("row")).toHaveCount(2);
  await page.screenshot({ path: testInfo.outputPath("stats.png"), fullPage: true });
  await expectAccessibleInEveryScheme(page);
  await page.setViewportSize({ width: 360, height: 780 });
  await page.evaluate(() => (document.documentElement.style.fontSize = "200%"));
  await expectNoSidewaysScroll(page);
  await expectWholeWords(page);
});
