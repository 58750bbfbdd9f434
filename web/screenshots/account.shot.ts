import { devices, type Page } from "@playwright/test";
import { codeFor } from "../e2e/support/mail";
import { expect, keep, test } from "../e2e/support/test";
import { photo } from "./photos";
import { picture } from "./picture";

/** The pictures of docs/guide/account.md. */

const PASSWORD = "nine green bottles on a wall";

test.use({
  contextOptions: { reducedMotion: "reduce" },
  userAgent: devices["Pixel 7"].userAgent,
  viewport: { width: 390, height: 844 },
  deviceScaleFactor: 2,
  isMobile: true,
  hasTouch: true,
  locale: "en-GB",
  timezoneId: "Asia/Seoul",
});

test("an account", async ({ page }) => {
  await keep(page, { language: "en", theme: "light", name: "Mina", region: "seoul-nowon" });
  await register(page, `mina-${Date.now()}@example.org`);
  await settled(page);
  await picture(page, "account-security-en");

  await page.goto("/account/profile");
  await page.locator("input[type=file]").setInputFiles(await photo(page, "glass208"));
  await expect(page.getByRole("img", { name: "Your picture" })).toBeVisible();
  await page.getByRole("textbox", { name: "Building" }).fill("Hanbit Apartments 3");
  await page.getByRole("button", { name: "Save the building" }).click();
  await page.reload(); // without what says that it was saved
  await page.getByRole("img", { name: "Your picture" }).waitFor();
  await settled(page);
  await picture(page, "account-profile-en");

  await page.goto("/account/export");
  await page.getByRole("button", { name: "Make the file" }).click();
  await page.getByRole("link", { name: /^Download/ }).waitFor({ timeout: 30_000 });
  await settled(page);
  await picture(page, "account-export-en");
});

async function register(page: Page, address: string): Promise<void> {
  await page.goto("/account/register");
  await page.getByRole("textbox", { name: "E-mail" }).fill(address);
  await page.getByLabel("New password", { exact: true }).fill(PASSWORD);
  await page.getByRole("button", { name: "Send me a code" }).click();
  await page.getByRole("textbox", { name: "Code" }).fill(await codeFor(page.request, address, ""));
  await page.getByRole("button", { name: "Confirm" }).click();
  await page.getByRole("heading", { name: "Where you are signed in" }).waitFor();
  await page.goto("/account");
}

async function settled(page: Page): Promise<void> {
  await page.waitForLoadState("networkidle");
  await expect(page.locator("main [aria-busy=true]:visible")).toHaveCount(0);
}
