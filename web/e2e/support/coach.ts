import { expect, type Page } from "@playwright/test";
import { drawn } from "./pictures";

/** Hands a picture to the front page, as the file dialog would; another `seed` makes it another picture. */
export async function hand(page: Page, seed: number): Promise<void> {
  if (new URL(page.url(), "http://x").pathname !== "/") await page.goto("/");
  const picture = await drawn(page, seed);
  await page.locator("input[type=file]").last().setInputFiles(picture);
}

/** The choice of a question for glass: what the models said, or the kind below. */
export const GLASS = /^(유리|유리병|Glass|Glass bottle)$/;

/** Waits for the coach's question, behind the photos of other tests. */
export const asked = (page: Page) =>
  expect(page.getByText("하나만 여쭤볼게요")).toBeVisible({ timeout: 45_000 });
