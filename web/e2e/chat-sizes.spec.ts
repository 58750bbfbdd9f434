import type { Page } from "@playwright/test";
import { speaker } from "./support/chat";
import { inEverySize } from "./support/sizes";
import { expect, expectNoSidewaysScroll, expectWholeWords } from "./support/test";

/** What is left of 1280 pixels when a page is made four times as large (WCAG 1.4.10). */
const NARROWEST = 320;

const WORDS = {
  ko: {
    open: "방 만들기",
    name: "방 이름",
    make: "만들기",
    log: "이야기",
    search: "이 방에서 찾기",
    here: /접속 중/,
    menu: "방 메뉴",
    messageMenu: "메시지 메뉴",
    manage: "준호 님 관리",
    ban: "내보내고 못 들어오게 하기",
    banned: /막았어요/,
    words: "분리배출",
    said: "**깨끗이 씻어서** 테이프를 떼고 내놓아요. [안내](https://a.kr)를 보세요.",
  },
  en: {
    open: "New room",
    name: "Name of the room",
    make: "Make it",
    log: "Conversation",
    search: "Find in this room",
    here: /online/,
    menu: "Room menu",
    messageMenu: "Message menu",
    manage: "Manage 준호",
    ban: "Send out and keep out",
    banned: /keeps them out/,
    words: "polystyrene",
    said: "Wash the polystyrene, **take the tape off**, and put it out. See [how](https://a.kr).",
  },
} as const;
type Words = (typeof WORDS)[keyof typeof WORDS];

/** A room of this person's, in which somebody else has spoken. */
async function room(page: Page, words: Words) {
  await page.goto("/chat");
  await page.getByRole("button", { name: words.open }).click();
  await page.getByRole("textbox", { name: words.name }).fill(words.words);
  await page.getByRole("button", { name: words.make, exact: true }).click();
  const log = page.getByRole("log", { name: words.log });
  await log.waitFor();
  const address = page.url();
  const other = await speaker(page.request, "준호", address);
  const { _id: id } = await other.say(`${words.words}: ${words.said}`);
  await expect(log.getByRole("article").filter({ hasText: words.words })).toHaveCount(1);
  return { address, other, id };
}

/** `look` as it is everywhere, and on the narrowest page. */
function looked(page: Page, width: number, look: (name: string) => Promise<void>) {
  return async (name: string): Promise<void> => {
    await page.setViewportSize({ width: NARROWEST, height: 780 });
    await expectNoSidewaysScroll(page);
    await expectWholeWords(page);
    await page.setViewportSize({ width, height: 780 });
    await look(name);
  };
}

// Not the list of rooms: what other tests have said last in theirs stands in it.
inEverySize("a conversation", [360], async ({ page, language, width, look: wide }) => {
  const [words, look] = [WORDS[language], looked(page, width, wide)];
  const { address } = await room(page, words);
  await look("chat-room");
  await page.getByRole("button", { name: words.messageMenu }).first().click();
  await page.getByRole("dialog").waitFor();
  await look("chat-message-menu");
  await page.goto(address);
  await page.getByRole("button", { name: words.here }).click();
  await expect(page.getByRole("dialog")).toContainText("준호");
  await look("chat-people");
  await page.goto(address);
  await page.getByRole("button", { name: words.menu }).click();
  await page.getByRole("dialog").waitFor();
  await look("chat-menu");
  await page.goto(address);
  await page.getByRole("button", { name: words.search }).click();
  await page.getByRole("textbox", { name: words.search }).fill(words.words);
  await page.getByRole("button", { name: /준호/ }).first().waitFor();
  await look("chat-search");
  await page.goto("/chat/notifications");
  await page.getByRole("heading", { level: 2 }).first().waitFor();
  await look("chat-notifications");
});

inEverySize("who looks after a room", [360], async ({ page, language, width, look: wide }) => {
  const [words, look] = [WORDS[language], looked(page, width, wide)];
  const { address, id } = await room(page, words);
  const reporter = await speaker(page.request, "소라", address);
  await reporter.report(id, words.said);
  for (const [part, seen] of [
    ["reports", page.getByRole("main").getByText("소라")],
    ["rules", page.getByRole("main").getByRole("combobox").first()],
    ["members", page.getByRole("button", { name: words.manage })],
  ] as const) {
    await page.goto(`${address}/moderation?part=${part}`);
    await seen.waitFor();
    await look(`chat-${part}`);
  }
  await page.getByRole("button", { name: words.manage }).click();
  await page.getByRole("button", { name: words.ban }).waitFor();
  await look("chat-person");
  await page.getByRole("button", { name: words.ban }).click();
  for (const [part, seen] of [
    ["bans", "준호"],
    ["actions", words.banned],
  ] as const) {
    await page.goto(`${address}/moderation?part=${part}`);
    await page.getByRole("main").getByText(seen).first().waitFor();
    await look(`chat-${part}`);
  }
});
