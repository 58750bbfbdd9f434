import { readFile } from "node:fs/promises";
import { withCards } from "./support/learn";
import { look } from "./support/sizes";
import { expect, expectNoSidewaysScroll, expectWholeWords, keep, test } from "./support/test";

/** A file as the file dialog gives it. */
const file = (name: string, content: string | Buffer) => ({
  name,
  mimeType: "application/octet-stream",
  buffer: Buffer.from(content),
});

const TABLE = "앞면,뒷면,태그\n건전지,전용 수거함,위험\n유리병,유리류,\n뒤가 없는 줄,,\n";

test("a table is brought along, with a report of what was left out, and doubles nothing", async ({
  page,
}, testInfo) => {
  test.slow();
  await page.goto("/learn/decks");
  await page.getByRole("link", { name: "카드 가져오기" }).click();
  await page.locator("input[type=file]").setInputFiles(file("분리.csv", TABLE));
  await page.getByRole("combobox", { name: "카드를 넣을 곳" }).selectOption({ label: "새 묶음 하나" });
  await page.getByRole("textbox", { name: "새 묶음 이름" }).fill("우리 집");
  await look(page, testInfo, "import");
  await page.getByRole("button", { name: "가져오기", exact: true }).click();
  const first = page.getByRole("article").first();
  await expect(first.getByText("가져왔어요.")).toBeVisible({ timeout: 40_000 });
  await expect(first.getByText("더한 카드 2장")).toBeVisible();
  await first.getByText("그대로 가져오지 못한 것").click();
  await expect(first.getByText("뒤가 없는 줄")).toBeVisible();
  await look(page, testInfo, "imported");
  await first.getByRole("link", { name: "우리 집" }).click();
  await expect(page.getByText("건전지", { exact: true })).toBeVisible();
  await expect(page.getByText("카드 2장 · 내 묶음")).toBeVisible();

  await page.getByRole("button", { name: "더 보기" }).click();
  await page.getByRole("link", { name: "카드 가져오기" }).click();
  await page.locator("input[type=file]").setInputFiles(file("분리.csv", TABLE));
  await page.getByRole("button", { name: "가져오기", exact: true }).click();
  await expect(page.getByText("그대로인 카드 2장")).toBeVisible({ timeout: 40_000 });
});

test("a deck is taken away for Anki, and somebody else goes on with it", async ({
  page,
  browser,
}, testInfo) => {
  test.slow();
  await withCards(page, "건전지", "유리병");
  await page.goto("/learn/decks");
  await page.getByRole("link", { name: /내 카드/ }).click();
  await page.getByRole("button", { name: "더 보기" }).click();
  await page.getByRole("button", { name: "파일로 내보내기" }).click();
  await look(page, testInfo, "export");
  await page.getByRole("button", { name: "파일 만들기" }).click();
  const ready = page.getByRole("link", { name: /내려받기/ });
  await expect(ready).toBeVisible({ timeout: 40_000 });
  const [download] = await Promise.all([page.waitForEvent("download"), ready.click()]);
  const packed = await readFile(await download.path());
  expect(packed.subarray(0, 2).toString()).toBe("PK");

  const context = await browser.newContext({ locale: "ko-KR", viewport: { width: 390, height: 844 } });
  const other = await context.newPage();
  await other.goto("/learn/import");
  await other.locator("input[type=file]").setInputFiles(file("내 카드.apkg", packed));
  await other.getByRole("button", { name: "가져오기", exact: true }).click();
  await expect(other.getByText("더한 카드 2장")).toBeVisible({ timeout: 40_000 });
  await context.close();
});

test("what is no deck is said so; a lost network and a change of mind leave the file where it was", async ({
  page,
  complaints,
}) => {
  test.slow();
  await keep(page, { language: "en" });
  await page.goto("/learn/import");
  const input = page.locator("input[type=file]");
  const bring = page.getByRole("button", { name: "Bring them along" });
  await input.setInputFiles(file("cards.pdf", "%PDF-1.7"));
  await expect(page.getByText(/No cards can be read from such a file/)).toBeVisible();
  await expect(bring).toHaveCount(0);

  await input.setInputFiles(file("cards.apkg", "no package at all"));
  await bring.click();
  await expect(page.getByText(/This file is no Anki deck/)).toBeVisible({ timeout: 40_000 });

  await input.setInputFiles(file("cards.csv", "front,back\nPET,clear bottles\n"));
  await page.context().setOffline(true);
  await bring.click();
  await expect(page.getByRole("main").getByRole("alert").last()).toBeVisible();
  await page.context().setOffline(false);
  complaints.length = 0; // what could not be reached

  let held: () => void = () => undefined;
  await page.route(/.*/, async (route) => {
    if (route.request().method() === "PUT") await new Promise<void>((resolve) => (held = resolve));
    await route.continue().catch(() => undefined); // it was cancelled
  });
  await page.getByRole("button", { name: "Send it again" }).click();
  await expect(page.getByRole("progressbar")).toBeVisible();
  await page.getByRole("button", { name: "Cancel" }).click();
  await expect(page.getByRole("progressbar")).toHaveCount(0);
  held();
  await page.unroute(/.*/);
  await bring.click();
  await expect(page.getByText("1 card added")).toBeVisible({ timeout: 40_000 });
  await page.setViewportSize({ width: 360, height: 780 });
  await page.evaluate(() => (document.documentElement.style.fontSize = "200%"));
  await expectNoSidewaysScroll(page);
  await expectWholeWords(page);
});
