import { expect, expectAccessible, expectNoSidewaysScroll, test } from "./support/test";

for (const scheme of ["light", "dark"] as const)
  for (const width of [390, 1280])
    test(`the API's documentation opens by itself: ${scheme}, ${width}`, async ({ page }) => {
      const hosts = new Set<string>();
      page.on("request", (request) => {
        if (request.url().startsWith("http")) hosts.add(new URL(request.url()).host);
      });
      await page.emulateMedia({ colorScheme: scheme });
      await page.setViewportSize({ width, height: 844 });
      await page.goto("/docs");
      await expect(page.getByRole("heading", { level: 1 })).toContainText("bunri API");
      await expectNoSidewaysScroll(page);
      await expectAccessible(page);
      // From the keyboard: to the first operation, which opens, and shows what it answers.
      await page.keyboard.press("Tab");
      await expect(page.getByRole("link", { name: "openapi.json" }).last()).toBeVisible();
      const first = page.locator("summary").first();
      for (let presses = 0; presses < 50; presses++) {
        if (await first.evaluate((one) => one === document.activeElement)) break;
        await page.keyboard.press("Tab");
      }
      await expect(first).toBeFocused();
      await page.keyboard.press("Enter");
      await expect(page.locator("details").first()).toHaveAttribute("open", "");
      await expectNoSidewaysScroll(page);
      await expectAccessible(page);
      await page.screenshot({ path: `test-results/docs-${scheme}-${width}.png` });
      expect([...hosts]).toEqual([new URL(page.url()).host]);
    });
