import type { CDPSession, Page } from "@playwright/test";
import { allArrived, field, makeRoom, message } from "./support/chat";
import { expect, keep, test } from "./support/test";

/**
 * Input methods as Chromium tells pages of them: what is composed and committed, and the key presses before, between and after.
 * The orders are those of Windows, macOS and WebKit.
 */
class InputMethod {
  private constructor(private readonly session: CDPSession) {}

  static async of(page: Page): Promise<InputMethod> {
    return new InputMethod(await page.context().newCDPSession(page));
  }

  async compose(text: string): Promise<void> {
    await this.session.send("Input.imeSetComposition", {
      text,
      selectionStart: text.length,
      selectionEnd: text.length,
    });
  }

  async commit(text: string): Promise<void> {
    await this.session.send("Input.insertText", { text });
  }

  /** Enter goes down; `taken` by the input method, which hides its name and its number. */
  async down(taken: boolean): Promise<void> {
    await this.session.send("Input.dispatchKeyEvent", {
      type: "rawKeyDown",
      key: taken ? "Process" : "Enter",
      code: "Enter",
      windowsVirtualKeyCode: taken ? 229 : 13,
    });
    if (!taken)
      await this.session.send("Input.dispatchKeyEvent", {
        type: "char",
        key: "Enter",
        code: "Enter",
        text: "\r",
        windowsVirtualKeyCode: 13,
      });
  }

  async up(): Promise<void> {
    await this.session.send("Input.dispatchKeyEvent", {
      type: "keyUp",
      key: "Enter",
      code: "Enter",
      windowsVirtualKeyCode: 13,
    });
  }
}

test.beforeEach(async ({ page }) => {
  await keep(page, { name: "민아" });
  await makeRoom(page, `한글 ${Date.now() % 1e5}`);
  await field(page).focus();
});

const sent = (page: Page) => page.getByRole("log").getByRole("article");

async function typeHangul(keyboard: InputMethod): Promise<void> {
  await keyboard.commit("안녕하세");
  await keyboard.compose("ㅇ");
  await keyboard.compose("요");
}

const ORDERS: readonly (readonly [string, (keyboard: InputMethod) => Promise<void>])[] = [
  [
    "the key is the input method's (Windows)",
    async (keyboard) => {
      await keyboard.down(true);
      await keyboard.commit("요");
      await keyboard.up();
    },
  ],
  [
    "the key comes twice (Chromium on a Mac)",
    async (keyboard) => {
      await keyboard.down(true);
      await keyboard.commit("요");
      await keyboard.down(false);
      await keyboard.up();
    },
  ],
  [
    "the key comes plain, before the composition has ended (WebKit)",
    async (keyboard) => {
      await keyboard.down(false);
      await keyboard.commit("요");
      await keyboard.up();
    },
  ],
  [
    "the key comes after the composition has ended, as the input method's (WebKit)",
    async (keyboard) => {
      await keyboard.commit("요");
      await keyboard.down(true);
      await keyboard.up();
    },
  ],
];

for (const [name, press] of ORDERS)
  test(`one Enter sends Hangul whole and once: ${name}`, async ({ page }) => {
    const keyboard = await InputMethod.of(page);
    await typeHangul(keyboard);
    await press(keyboard);
    await expect(message(page, "안녕하세요")).toHaveCount(1);
    await allArrived(page);
    await expect(field(page)).toHaveValue("");
    await expect(sent(page)).toHaveCount(1);
    // The next message is one of its own, and is sent by one Enter again.
    await typeHangul(keyboard);
    await press(keyboard);
    await expect(sent(page)).toHaveCount(2);
    await allArrived(page);
    await expect(field(page)).toHaveValue("");
    await expect(sent(page).nth(1)).toContainText("안녕하세요");
  });

for (const [name, composed, word] of [
  ["Japanese", "にほん", "日本"],
  ["Chinese", "nihao", "nihao"],
] as const)
  test(`of ${name}, Enter only chooses the word, and the next one sends`, async ({ page }) => {
    const keyboard = await InputMethod.of(page);
    await keyboard.compose(composed);
    await keyboard.down(true);
    await keyboard.commit(word);
    await keyboard.up();
    await expect(field(page)).toHaveValue(word);
    await expect(sent(page)).toHaveCount(0);
    await page.keyboard.press("Enter");
    await expect(message(page, word)).toHaveCount(1);
    await expect(field(page)).toHaveValue("");
  });

test("Shift and Enter begin a new line", async ({ page }) => {
  await page.keyboard.type("하나");
  await page.keyboard.press("Shift+Enter");
  await page.keyboard.type("둘");
  await expect(field(page)).toHaveValue("하나\n둘");
  await page.keyboard.press("Enter");
  await expect(sent(page)).toHaveCount(1);
  await expect(field(page)).toHaveValue("");
});

test("the search does not look for half a syllable", async ({ page }) => {
  const asked: string[] = [];
  page.on("request", (request) => {
    const { pathname, searchParams } = new URL(request.url());
    if (pathname.endsWith("/search")) asked.push(searchParams.get("q") ?? "");
  });
  await page.getByRole("button", { name: "이 방에서 찾기" }).click();
  const keyboard = await InputMethod.of(page);
  for (const part of ["ㄱ", "기", "김"]) {
    await keyboard.compose(part);
    await page.waitForTimeout(350); // longer than the pause after which words are looked for
  }
  expect(asked).toEqual([]);
  await keyboard.commit("김치");
  await expect(page.getByText("찾은 것이 없어요")).toBeVisible();
  expect(asked).toEqual(["김치"]);
});

test.describe("with a finger", () => {
  test.use({ hasTouch: true, isMobile: true });

  test("Enter begins a new line and the button sends, with the keyboard left open", async ({ page }) => {
    await page.keyboard.type("하나");
    await page.keyboard.press("Enter");
    await page.keyboard.type("둘");
    await expect(field(page)).toHaveValue("하나\n둘");
    await page.getByRole("button", { name: "보내기" }).tap();
    await expect(sent(page)).toHaveCount(1);
    await expect(field(page)).toHaveValue("");
    await expect(field(page)).toBeFocused();
    expect(
      await field(page).evaluate((element) => parseFloat(getComputedStyle(element).fontSize)),
    ).toBeGreaterThanOrEqual(16);
  });

  test("what is being composed belongs to what the button sends", async ({ page }) => {
    const keyboard = await InputMethod.of(page);
    await typeHangul(keyboard);
    await page.getByRole("button", { name: "보내기" }).tap();
    await expect(message(page, "안녕하세요")).toHaveCount(1);
    await allArrived(page);
    await expect(field(page)).toHaveValue("");
    await expect(sent(page)).toHaveCount(1);
  });
});
