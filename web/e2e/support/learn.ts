import type { Page } from "@playwright/test";
import { expect } from "./test";

/** Writes a card as somebody does who has none. */
export async function write(page: Page, front: string, back: string): Promise<void> {
  await page.getByRole("textbox", { name: "앞면" }).fill(front);
  await page.getByRole("textbox", { name: "뒷면" }).fill(back);
  await page.getByRole("button", { name: "카드 더하기" }).click();
  await expect(page.getByRole("textbox", { name: "앞면" })).toHaveValue("");
}

/** A guest with these cards, on the page of today. */
export async function withCards(page: Page, ...cards: readonly string[]): Promise<void> {
  await page.goto("/learn");
  await page.getByRole("link", { name: "카드 쓰기" }).click();
  for (const front of cards) await write(page, front, `답 ${front}`);
  await page.getByRole("navigation").getByRole("link", { name: "배우기" }).click();
  await expect(page.getByRole("heading", { name: `오늘 복습할 카드 ${cards.length}장` })).toBeVisible();
}

/** Reviews all that is due, by keys: everything was easy. */
export async function reviewAll(page: Page, count: number): Promise<void> {
  await page.goto("/learn/review");
  for (let left = count; left > 0; left--) {
    await expect(page.getByText(`${left}장 남았어요`)).toBeVisible();
    await page.keyboard.press("Space");
    await page.keyboard.press("4");
  }
  await expect(page.getByRole("heading", { name: "오늘 할 만큼 했어요" })).toBeVisible();
  await expect(page.getByText("이 기기에 있어요")).toHaveCount(0);
}

export const badge = (page: Page, count: number) =>
  expect(page.getByRole("navigation").getByText(`복습할 카드 ${count}장`)).toBeAttached();
