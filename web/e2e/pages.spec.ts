import { expect, expectAccessible, expectNoSidewaysScroll, keep, SCHEMES, test } from "./support/test";

const PAGES = ["/", "/bins", "/about", "/settings", "/no/such/page"];
const WIDTHS = [360, 768, 1280];

for (const scheme of SCHEMES) {
  const look = Object.values(scheme).join(" ");

  test(`everybody can use every page: ${look}`, async ({ page }) => {
    await keep(page, scheme);
    for (const path of PAGES) {
      await page.goto(path);
      await page.getByRole("heading", { level: 1 }).waitFor({ state: "attached" });
      await page.waitForLoadState("networkidle");
      await expectAccessible(page);
    }
  });
}

for (const language of ["ko", "en"]) {
  test(`nothing is wider than the screen: ${language}`, async ({ page }) => {
    await keep(page, { language });
    for (const width of WIDTHS) {
      await page.setViewportSize({ width, height: 800 });
      for (const path of PAGES) {
        await page.goto(path);
        await page.getByRole("heading", { level: 1 }).waitFor({ state: "attached" });
        await expectNoSidewaysScroll(page);
      }
    }
  });

  test(`nothing is lost when text is twice as large: ${language}`, async ({ page }) => {
    await keep(page, { language });
    await page.setViewportSize({ width: 390, height: 800 });
    for (const path of PAGES) {
      await page.goto(path);
      await page.getByRole("heading", { level: 1 }).waitFor({ state: "attached" });
      await page.evaluate(() => (document.documentElement.style.fontSize = "200%"));
      await expectNoSidewaysScroll(page);
    }
  });
}

test("every target of a finger is 44 pixels high", async ({ page }) => {
  for (const path of PAGES) {
    await page.goto(path);
    await page.getByRole("heading", { level: 1 }).waitFor({ state: "attached" });
    const low = await page
      .locator("main :is(button, select, a:not(p a)), nav a")
      .evaluateAll((targets) =>
        targets
          .filter((target) => target.checkVisibility() && target.getBoundingClientRect().height < 44)
          .map((target) => target.outerHTML),
      );
    expect(low).toEqual([]);
  }
});
