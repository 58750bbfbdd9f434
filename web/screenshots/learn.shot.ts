import { devices, type Page } from "@playwright/test";
import { expect, keep, test } from "../e2e/support/test";
import { photo } from "./photos";
import { picture } from "./picture";

/** The pictures of docs/guide/learn.md. */

test.use({
  contextOptions: { reducedMotion: "reduce" },
  userAgent: devices["Pixel 7"].userAgent,
  viewport: { width: 390, height: 844 },
  deviceScaleFactor: 2,
  isMobile: true,
  hasTouch: true,
  locale: "ko-KR",
  timezoneId: "Asia/Seoul",
});

/** Things that people confuse, and where they go. */
const CARDS = [
  ["멸균팩(두유, 주스)은 어디에 버릴까요?", "종이팩 수거함"],
  ["기름이 밴 피자 상자는요?", "종량제봉투"],
  ["깨진 유리병은요?", "신문지에 싸서 종량제봉투"],
  ["다 쓴 부탄가스 통은요?", "구멍을 내고 캔류"],
  ["아이스팩은요?", "전용 수거함"],
  ["투명 페트병은요?", "비우고 라벨을 떼어 투명 페트 수거함"],
] as const;

test("cards, their review, and a test", async ({ page }) => {
  test.setTimeout(300_000);
  await keep(page, { language: "ko", theme: "light", region: "seoul-nowon" });
  await page.goto("/learn");
  await page.getByRole("button", { name: "기본 카드로 시작하기" }).click();
  await expect(page.getByRole("heading", { name: /오늘 복습할 카드 \d+장/ })).toBeVisible();
  await settled(page);
  await picture(page, "learn-today-ko");

  await page.goto("/learn/decks/first/new");
  for (const [front, back] of CARDS) {
    await page.getByRole("textbox", { name: "앞면" }).fill(front);
    await page.getByRole("textbox", { name: "뒷면" }).fill(back);
    await page.getByRole("button", { name: "카드 더하기" }).tap();
    await expect(page.getByRole("textbox", { name: "앞면" })).toHaveValue("");
  }
  const mine = new URL(page.url()).pathname.split("/").at(-2) ?? "";
  await page.goto(`/learn/review?deck=${mine}`);
  await page.getByRole("button", { name: "답 보기" }).tap();
  await settled(page);
  await picture(page, "learn-review-ko");
  for (let left: number = CARDS.length; left > 0; left--) {
    await page
      .getByRole("button", { name: "답 보기" })
      .or(page.getByRole("button", { name: /쉬웠어요/ }))
      .first()
      .waitFor();
    const turn = page.getByRole("button", { name: "답 보기" });
    if (await turn.isVisible()) await turn.tap();
    await page.getByRole("button", { name: /쉬웠어요/ }).tap();
  }
  await expect(page.getByRole("heading", { name: "오늘 할 만큼 했어요" })).toBeVisible();
  await expect(page.getByText("이 기기에 있어요")).toHaveCount(0);

  await page.goto("/learn/test");
  await page.getByRole("button", { name: "시작하기" }).tap();
  const choices = page.getByRole("list", { name: "고를 것" }).getByRole("button");
  for (let question = 1; question <= 10; question++) {
    await choices.or(page.getByRole("textbox")).first().waitFor();
    if ((await choices.count()) > 2) break;
    if (await choices.first().isVisible()) await choices.first().tap();
    else {
      await page.getByRole("textbox").fill("종량제봉투");
      await page.getByRole("button", { name: "확인하기" }).tap();
    }
    await page.getByRole("button", { name: /다음 문제|결과 보기/ }).tap();
  }
  await choices.first().tap();
  await page.getByRole("button", { name: /다음 문제|결과 보기/ }).waitFor();
  await settled(page);
  await picture(page, "learn-test-ko");
});

test("writing, bringing along, and how it goes", async ({ page }) => {
  test.setTimeout(300_000);
  await keep(page, { language: "en", theme: "dark", region: "seoul-nowon" });
  await page.goto("/learn/decks/first/new");
  await page.getByRole("textbox", { name: "Front" }).fill("Where does a **broken bottle** go?");
  await page.getByRole("textbox", { name: "Back" }).fill("- wrap it in paper\n- into the *standard bag*");
  await page.getByRole("heading", { level: 1 }).focus();
  await expect(page.getByText(/Nothing seems wrong|Look again/i).first()).toBeVisible();
  await page.getByRole("region", { name: "Preview" }).scrollIntoViewIfNeeded();
  await settled(page);
  await picture(page, "learn-editor-en-dark");
  await page.getByRole("button", { name: "Add the card" }).tap();
  await expect(page.getByRole("textbox", { name: "Front" })).toHaveValue("");

  await page.goto("/learn/import");
  const rows = Array.from({ length: 38 }, (_, index) => `Thing ${index},Bag ${index}`).join("\n");
  await page.locator("input[type=file]").setInputFiles({
    name: "recycling.csv",
    mimeType: "text/csv",
    buffer: Buffer.from(`front,back\n${rows}\nWhere does a mirror go?,\n`),
  });
  await page.getByRole("button", { name: "Bring them along" }).tap();
  await expect(page.getByText("38 cards added")).toBeVisible({ timeout: 60_000 });
  await page.getByText("What could not be kept as it was").tap();
  await toTop(page, "article");
  await settled(page);
  await picture(page, "learn-import-en-dark");

  await page.goto("/learn/review");
  for (let card = 0; card < 20; card++) {
    const turn = page.getByRole("button", { name: "Show the answer" });
    const end = page.getByRole("heading", { name: "Enough for today" });
    await turn.or(end).first().waitFor();
    if (await end.isVisible()) break;
    await turn.tap();
    await page.getByRole("button", { name: /Easy/ }).tap();
  }
  await page.goto("/learn/stats");
  await page.getByRole("heading", { name: "The next 30 days" }).waitFor();
  await settled(page);
  await picture(page, "learn-stats-en-dark");
});

test("a card of one's own photo", async ({ page }) => {
  test.setTimeout(300_000);
  await keep(page, { language: "ko", theme: "light" });
  await page.goto("/");
  await page
    .locator("input[type=file]")
    .last()
    .setInputFiles(await photo(page, "glass208"));
  const make = page.getByRole("button", { name: "카드로 외우기" });
  const question = page.getByText("하나만 여쭤볼게요");
  await make.or(question).first().waitFor({ timeout: 60_000 });
  if (await question.isVisible())
    await page
      .getByRole("button", { name: /^유리(병)?$/ })
      .first()
      .tap();
  await make.tap();
  await page.getByRole("link", { name: "카드 보기" }).waitFor();
  await page.goto("/learn/review");
  await page.getByRole("article", { name: "카드" }).locator("img").waitFor();
  await settled(page);
  await picture(page, "learn-scan-ko");
});

async function settled(page: Page): Promise<void> {
  await page.waitForLoadState("networkidle");
  await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
  await expect(page.locator("main [aria-busy=true]:visible")).toHaveCount(0);
  await expect(page.getByRole("region", { name: /^(알림|Notices)$/ }).getByRole("paragraph")).toHaveCount(0, {
    timeout: 20_000,
  });
}

async function toTop(page: Page, place: string): Promise<void> {
  await page
    .locator(`main ${place}`)
    .first()
    .evaluate((one) => {
      window.scrollTo({ top: one.getBoundingClientRect().top + window.scrollY - 24 });
    });
}
