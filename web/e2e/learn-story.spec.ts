import type { Page } from "@playwright/test";
import { GLASS, hand } from "./support/coach";
import { badge, withCards, write } from "./support/learn";
import { look } from "./support/sizes";
import { expect, keep, test } from "./support/test";

test("a scan becomes a card, is reviewed without a network, and stands in the statistics", async ({
  page,
  complaints,
}, testInfo) => {
  test.slow();
  await hand(page, 8128);
  const make = page.getByRole("button", { name: "카드로 외우기" });
  await expect(make.or(page.getByText("하나만 여쭤볼게요")).first()).toBeVisible({ timeout: 40_000 });
  if (!(await make.isVisible())) await page.getByRole("button", { name: GLASS }).first().click();
  await make.click();
  await expect(page.getByRole("link", { name: "카드 보기" })).toBeVisible();
  await badge(page, 1);

  await page.goto("/learn");
  await expect(page.getByRole("heading", { name: "오늘 복습할 카드 1장" })).toBeVisible();
  await page.evaluate(() => navigator.serviceWorker.ready);
  await page.reload(); // the worker keeps what this page fetches from now on
  await expect(page.getByRole("link", { name: "시작하기" })).toBeVisible();
  await expect.poll(() => picturesOf(page)).toBeGreaterThan(0);

  await page.context().setOffline(true);
  await page.goto("/learn/review");
  const card = page.getByRole("article", { name: "카드" });
  await expect(card.locator("img").first()).toBeVisible(); // the person's own picture
  await expect
    .poll(() =>
      card
        .locator("img")
        .first()
        .evaluate((image: HTMLImageElement) => image.naturalWidth),
    )
    .toBeGreaterThan(0);
  const turn = page.getByRole("button", { name: "답 보기" });
  if (await turn.isVisible()) await turn.click();
  else {
    await page.getByRole("textbox").first().fill("유리류");
    await page.getByRole("button", { name: "확인하기" }).click();
  }
  await page.getByRole("button", { name: /쉬웠어요/ }).click();
  await expect(page.getByText("복습 1개는 이 기기에 있어요.")).toBeVisible();
  await page.screenshot({ path: testInfo.outputPath("offline.png") });

  await page.context().setOffline(false);
  await expect(page.getByText("이 기기에 있어요")).toHaveCount(0);
  complaints.length = 0; // what could not be reached
  await page.getByRole("link", { name: "배우기로" }).click();
  await page.getByRole("link", { name: /배움 기록/ }).click();
  await expect(page.getByText("1일 동안 1번 복습했어요.")).toBeVisible();
  await expect(page.getByRole("table", { name: "복습한 날" }).getByRole("row")).toHaveCount(2);
});

/** How many pictures of cards this device has. */
function picturesOf(page: Page): Promise<number> {
  return page.evaluate(
    () =>
      new Promise<number>((resolve) => {
        const opening = indexedDB.open("bunri");
        opening.onsuccess = () => {
          const asked = opening.result.transaction("due").objectStore("due").getAll();
          asked.onsuccess = () => {
            opening.result.close();
            resolve((asked.result as object[]).filter((row) => "picture" in row).length);
          };
        };
      }),
  );
}

test("the statistics are whole in English, dark, with large text", async ({ page }, testInfo) => {
  test.slow();
  await keep(page, { language: "en", theme: "dark" });
  await page.setViewportSize({ width: 360, height: 780 });
  await page.goto("/learn/decks/first/new");
  await page.getByRole("textbox", { name: "Front" }).fill("PET");
  await page.getByRole("textbox", { name: "Back" }).fill("clear bottles");
  await page.getByRole("button", { name: "Add the card" }).click();
  await expect(page.getByRole("textbox", { name: "Front" })).toHaveValue("");
  await page.goto("/learn/review");
  await page.getByRole("button", { name: "Show the answer" }).click();
  await page.getByRole("button", { name: /Easy/ }).click();
  await expect(page.getByRole("heading", { name: "Enough for today" })).toBeVisible();
  await page.goto("/learn/stats");
  await expect(page.getByRole("table", { name: "Days with reviews" }).first()).toBeAttached();
  await look(page, testInfo, "stats");
});

test.describe("by touch", () => {
  test.use({ hasTouch: true, isMobile: true });

  test("a card is known to the right and forgotten to the left, and scrolled up and down", async ({
    page,
  }) => {
    await withCards(page, "하나", "둘");
    await page.goto("/learn/review");
    const card = page.getByRole("article", { name: "카드" });
    await expect(card.getByText("하나", { exact: true })).toBeVisible();
    await swipe(page, 200, 0); // before it was turned it says nothing
    await page.getByRole("button", { name: "답 보기" }).click();
    await expect(page.getByRole("group", { name: "답" })).toBeVisible();
    await swipe(page, 60, 0); // not far enough
    await swipe(page, 90, 150); // mostly downwards
    await expect(card.getByText("하나", { exact: true })).toBeVisible();
    await swipe(page, -200, 10);
    await expect(card.getByText("둘", { exact: true })).toBeVisible();
    await page.getByRole("button", { name: "답 보기" }).click();
    await swipe(page, 200, -10);
    await expect(page.getByText("이 기기에 있어요")).toHaveCount(0);
    await page.goto("/learn/stats");
    await expect(page.getByText("1일 동안 2번 복습했어요.")).toBeVisible();
  });
});

/** A finger that goes so far over the card, as Chromium gets it from a screen. */
async function swipe(page: Page, x: number, y: number): Promise<void> {
  const box = await page.getByRole("article", { name: "카드" }).boundingBox();
  if (!box) throw new Error("there is no card");
  const from = { x: box.x + box.width / 2 - x / 2, y: box.y + box.height / 2 - y / 2 };
  const session = await page.context().newCDPSession(page);
  const touch = (type: "touchStart" | "touchMove" | "touchEnd", share: number) =>
    session.send("Input.dispatchTouchEvent", {
      type,
      touchPoints: type === "touchEnd" ? [] : [{ x: from.x + x * share, y: from.y + y * share }],
    });
  await touch("touchStart", 0);
  for (const share of [0.25, 0.5, 0.75, 1]) await touch("touchMove", share);
  await touch("touchEnd", 1);
  await session.detach();
}

test("a card is looked at while it is written, and saved all the same", async ({ page }, testInfo) => {
  test.slow();
  await page.goto("/learn/decks/first/new");
  await write(page, "처음", "카드");
  await page.getByRole("textbox", { name: "앞면" }).fill("건전지는 전용 수거함에 버려요. 어디에 버릴까요?");
  await page.getByRole("textbox", { name: "뒷면" }).fill("전용 수거함에 버려요");
  await page.getByRole("textbox", { name: /태그/ }).focus();
  const findings = page.getByRole("region", { name: /다시 봐 주세요: 건전지는/ });
  await expect(findings.getByText("논리")).toBeVisible();
  await look(page, testInfo, "findings");
  await page.getByRole("button", { name: "카드 더하기" }).click();
  await expect(page.getByRole("textbox", { name: "앞면" })).toHaveValue("");
  await expect(findings).toBeVisible(); // of the card that was added
  await write(page, "유리병", "유리류");
  await expect(findings).toHaveCount(0);
  await expect(page.getByText("카드를 살펴보고 있어요…")).toHaveCount(0);
});
