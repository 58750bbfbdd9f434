import type { APIRequestContext, Browser, Page } from "@playwright/test";
import { expect, keep } from "./test";

/** Makes a room that everybody may come into, and goes there. Gives its address. */
export async function makeRoom(page: Page, name: string): Promise<string> {
  await page.goto("/chat");
  await page.getByRole("button", { name: "방 만들기" }).click();
  await page.getByRole("textbox", { name: "방 이름" }).fill(name);
  await page.getByRole("button", { name: "만들기", exact: true }).click();
  await expect(field(page)).toBeVisible();
  return page.url();
}

/** The field of the room that is open. */
export function field(page: Page) {
  return page.getByRole("textbox", { name: "메시지" });
}

/** The message with these words, which may be on its way. */
export function message(page: Page, words: string | RegExp) {
  return page.getByRole("log").getByRole("article").filter({ hasText: words });
}

export async function say(page: Page, words: string): Promise<void> {
  await field(page).fill(words);
  await field(page).press("Enter");
  await expect(field(page)).toHaveValue("");
  await expect(message(page, words.replaceAll("*", ""))).toHaveCount(1);
}

/** Waits until nothing of what this page has written is on its way. */
export async function allArrived(page: Page): Promise<void> {
  await expect(page.locator("[data-waiting]")).toHaveCount(0);
}

/** Another person, with a browser of their own. */
export async function guest(browser: Browser, name: string): Promise<Page> {
  const context = await browser.newContext({ locale: "ko-KR", viewport: { width: 390, height: 844 } });
  const page = await context.newPage();
  await keep(page, { name });
  return page;
}

/** Goes to an open room, and in. */
export async function enter(page: Page, address: string): Promise<void> {
  await page.goto(address);
  await page.getByRole("button", { name: "들어가기" }).click();
  await expect(field(page)).toBeVisible();
}

/** Somebody who speaks over HTTP, without a browser. */
export async function speaker(request: APIRequestContext, name: string, address: string) {
  const answer = await request.post("/api/v1/auth/guest", { data: { username: name } });
  const { access_token: token } = (await answer.json()) as { access_token: string };
  const headers = { Authorization: `Bearer ${token}` };
  const room = `/api/v1/chat/rooms/${address.split("/").at(-1)}`;
  await request.post(`${room}/join`, { headers });
  return {
    async say(content: string): Promise<{ _id: string; seq: number }> {
      const posted = await request.post(`${room}/messages`, { headers, data: { content } });
      expect(posted.status(), await posted.text()).toBe(201);
      return (await posted.json()) as { _id: string; seq: number };
    },
    async report(id: string, reason: string): Promise<void> {
      const data = { reason };
      const reported = await request.post(`/api/v1/chat/messages/${id}/report`, { headers, data });
      expect(reported.status(), await reported.text()).toBe(204);
    },
    async remove(id: string): Promise<void> {
      await request.delete(`/api/v1/chat/messages/${id}`, { headers });
    },
  };
}
