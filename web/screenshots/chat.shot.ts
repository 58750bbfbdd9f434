import { devices, type Browser, type Page } from "@playwright/test";
import { allArrived, field, speaker } from "../e2e/support/chat";
import { expect, keep, test } from "../e2e/support/test";
import { picture } from "./picture";

/** The pictures of docs/guide/chat.md. */

const PHONE = {
  contextOptions: { reducedMotion: "reduce" as const },
  userAgent: devices["Pixel 7"].userAgent,
  viewport: { width: 390, height: 844 },
  deviceScaleFactor: 2,
  isMobile: true,
  hasTouch: true,
  timezoneId: "Asia/Seoul",
};

test.use({ ...PHONE, locale: "ko-KR" });

const TALK = {
  ko: [
    ["준호", "우유팩은 종이랑 같이 내놓아도 되나요?"],
    ["서연", "아니요, **우유팩은 따로** 모아요.\n- 씻어서 펼치고 말려요\n- 관리실 옆 초록 통이에요"],
    ["준호", "고마워요! 빨대 달린 팩도 같은 통인가요?"],
  ],
  en: [
    ["Juno", "May milk cartons go with the paper?"],
    [
      "Seo-yeon",
      "No, **cartons are collected apart**.\n- rinse, open flat, let dry\n- the green box beside the office",
    ],
    ["Juno", "Thanks! The same box for those with a straw?"],
  ],
} as const;

test("rooms and a conversation", async ({ page }) => {
  await keep(page, { language: "ko", theme: "light", name: "민아" });
  const address = await makeRoom(page, "한빛아파트 분리배출", "방 만들기", "방 이름", "만들기");
  await talk(page, address, "ko");
  await write(page, "네, 빨대만 빼서 종량제에 넣어요.");
  await say(page, address, "준호", "알겠어요!");
  await settled(page);
  await picture(page, "chat-room-ko");
  const other = await makeRoom(page, "공릉동 이웃", "방 만들기", "방 이름", "만들기");
  await say(page, other, "지우", "오늘 폐건전지 수거함 꽉 찼어요.");
  await page.goto("/chat");
  await say(page, other, "하린", "도서관 앞은 비어 있어요.");
  await say(page, address, "서연", "이번 주 플라스틱은 목요일이에요.");
  await expect(page.getByText(/안 읽은 메시지/).first()).toBeAttached();
  await settled(page);
  await picture(page, "chat-lobby-ko");
});

test("a poll and an invitation", async ({ page, browser }) => {
  await keep(page, { language: "en", theme: "dark", name: "Mina" });
  const address = await makeRoom(page, "Hanbit Apartments", "New room", "Name of the room", "Make it");
  await talk(page, address, "en");
  await page.getByRole("button", { name: "Ask by a poll" }).click();
  await page.getByRole("textbox", { name: "What do you ask?" }).fill("Where do you put a broken umbrella?");
  await page.getByRole("textbox", { name: "Choice 1" }).fill("In the bag");
  await page.getByRole("textbox", { name: "Choice 2" }).fill("With the metal");
  await page.getByRole("button", { name: "Ask", exact: true }).click();
  await allArrived(page);
  await vote(browser, address, "With the metal");
  await page.getByRole("button", { name: /With the metal/ }).click();
  await expect(page.getByRole("paragraph").filter({ hasText: "2 votes" })).toBeVisible();
  await settled(page);
  await picture(page, "chat-poll-en-dark");
  await page.getByRole("button", { name: "Room menu" }).click();
  await page.getByRole("button", { name: "Invite people" }).click();
  await page.getByRole("button", { name: "Make an invitation" }).click();
  await page.getByRole("img", { name: "QR code of the invitation" }).waitFor();
  await settled(page);
  await picture(page, "chat-invite-en-dark");
});

async function makeRoom(
  page: Page,
  name: string,
  open: string,
  label: string,
  make: string,
): Promise<string> {
  await page.goto("/chat");
  await page.getByRole("button", { name: open }).click();
  await page.getByRole("textbox", { name: label }).fill(name);
  await page.getByRole("button", { name: make, exact: true }).click();
  await page.getByRole("log").waitFor();
  return page.url();
}

async function talk(page: Page, address: string, language: keyof typeof TALK): Promise<void> {
  for (const [name, words] of TALK[language]) await say(page, address, name, words);
}

const speakers = new Map<string, Awaited<ReturnType<typeof speaker>>>();

async function say(page: Page, address: string, name: string, words: string): Promise<void> {
  const key = `${name} ${address}`;
  const own = speakers.get(key) ?? (await speaker(page.request, name, address));
  speakers.set(key, own);
  await own.say(words);
}

async function write(page: Page, words: string): Promise<void> {
  await field(page).fill(words);
  await page.getByRole("button", { name: "보내기" }).tap();
  await allArrived(page);
}

async function vote(browser: Browser, address: string, choice: string): Promise<void> {
  const context = await browser.newContext({ locale: "en-GB" });
  const page = await context.newPage();
  await page.goto(address);
  await page.getByRole("button", { name: "Come in" }).click();
  await page.getByRole("button", { name: choice }).click();
  await expect(page.getByRole("paragraph").filter({ hasText: "1 vote" })).toBeVisible();
  await context.close();
}

async function settled(page: Page): Promise<void> {
  await page.evaluate(() => document.fonts.ready);
  await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
  await expect(page.locator("main [aria-busy=true]:visible")).toHaveCount(0);
}
