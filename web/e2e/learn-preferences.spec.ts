import { look } from "./support/sizes";
import { expect, expectNoSidewaysScroll, expectWholeWords, keep, test } from "./support/test";

test("how much somebody wants to learn is kept, and the goal shows it", async ({ page }, testInfo) => {
  test.slow();
  await page.goto("/learn/preferences");
  const cards = page.getByRole("combobox", { name: "하루에 새로 배울 카드" });
  await expect(cards).toBeVisible();
  await look(page, testInfo, "preferences");
  await cards.selectOption({ label: "5장" });
  await expect(page.getByText("저장했어요.").first()).toBeAttached();
  await page.getByRole("combobox", { name: "한 주 목표" }).selectOption({ label: "50번" });
  await page.getByRole("combobox", { name: "기억하고 있을 가능성" }).selectOption("0.95");
  await page.getByRole("checkbox", { name: /저절로 카드로/ }).uncheck();
  await expect(page.getByRole("checkbox", { name: /저절로 카드로/ })).not.toBeChecked();
  await expect
    .poll(async () => {
      await page.reload();
      await expect(cards).toHaveValue("5");
      return page.getByRole("checkbox", { name: /저절로 카드로/ }).isChecked();
    })
    .toBe(false);
  await expect(page.getByRole("combobox", { name: "기억하고 있을 가능성" })).toHaveValue("0.95");
  await page.goto("/learn/decks/first/new");
  await page.getByRole("textbox", { name: "앞면" }).fill("하나");
  await page.getByRole("textbox", { name: "뒷면" }).fill("둘");
  await page.getByRole("button", { name: "카드 더하기" }).click();
  await expect(page.getByRole("textbox", { name: "앞면" })).toHaveValue("");
  await page.goto("/learn");
  await expect(page.getByText("50번 가운데 0번 복습했어요.")).toBeVisible();
});

test("in English with text at 200 % nothing is cut off", async ({ page }) => {
  await keep(page, { language: "en", theme: "dark" });
  await page.setViewportSize({ width: 360, height: 780 });
  for (const path of ["/learn/preferences", "/learn/test", "/learn/import"]) {
    await page.goto(path);
    await page.getByRole("heading", { level: 2 }).first().waitFor();
    await page.evaluate(() => (document.documentElement.style.fontSize = "200%"));
    await expectNoSidewaysScroll(page);
    await expectWholeWords(page);
  }
});
