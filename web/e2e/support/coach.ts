import { expect, type Page } from "@playwright/test";
import { drawn } from "./pictures";

/** Hands a picture to the front page, as the file dialog would; another `seed` makes it another picture. */
export async function hand(page: Page, seed: number): Promise<void> {
  if (new URL(page.url(), "http://x").pathname !== "/") await page.goto("/");
  const picture = await drawn(page, seed);
  await page.locator("input[type=file]").last().setInputFiles(picture);
}

/** Waits for the coach's question. */
export const asked = (page: Page) => expect(page.getByText("하나만 여쭤볼게요")).toBeVisible();
