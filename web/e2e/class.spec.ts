import type { Browser, Page } from "@playwright/test";
import { readFileSync } from "node:fs";
import { newAddress, register } from "./support/account";
import { field, message, say } from "./support/chat";
import { GLASS, hand } from "./support/coach";
import { inEverySize } from "./support/sizes";
import { expect, keep, tabTo, test } from "./support/test";

/** Makes a class as its teacher; gives its code. */
async function make(page: Page, name: string): Promise<string> {
  await page.goto("/learn/class");
  await page.getByRole("button", { name: "반 만들기" }).click();
  await page.getByRole("textbox", { name: "반 이름" }).fill(name);
  await page.getByRole("button", { name: "만들기", exact: true }).click();
  await expect(page.getByRole("heading", { level: 1, name })).toBeVisible();
  return codeOf(page);
}

async function codeOf(page: Page): Promise<string> {
  return (await page.getByText(/^[2-9A-Z]{4}-[2-9A-Z]{4}$/).textContent()) ?? "";
}

/** A pupil with a browser of their own. */
async function pupil(browser: Browser): Promise<Page> {
  const context = await browser.newContext({ locale: "ko-KR", viewport: { width: 390, height: 844 } });
  return context.newPage();
}

async function enter(page: Page, nickname: string): Promise<void> {
  await page.getByRole("textbox", { name: "별명" }).fill(nickname);
  await page.getByRole("button", { name: "들어가기" }).click();
  await expect(page.getByText(`별명 ${nickname}`)).toBeVisible();
}

test("a teacher and two pupils, from the code to the end of the term", async ({
  page,
  browser,
}, testInfo) => {
  test.setTimeout(240_000);
  await keep(page, { name: "김 선생님" });
  const code = await make(page, "3학년 2반");
  const address = `/learn/class/join#${code}`;
  await page.screenshot({ path: testInfo.outputPath("teacher-empty.png"), fullPage: true });

  // One comes by the link, the other types the code.
  const rabbit = await pupil(browser);
  await rabbit.goto(address);
  await expect(rabbit.getByRole("heading", { name: "3학년 2반" })).toBeVisible();
  expect(new URL(rabbit.url()).hash).toBe("");
  await rabbit.screenshot({ path: testInfo.outputPath("join.png") });
  await enter(rabbit, "토끼");
  const turtle = await pupil(browser);
  await turtle.goto("/learn/class");
  await turtle.getByRole("link", { name: "반 코드로 들어가기" }).click();
  await turtle.getByRole("textbox", { name: "반 코드" }).fill(code.toLowerCase());
  await turtle.getByRole("button", { name: "다음" }).click();
  await turtle.getByRole("textbox", { name: "별명" }).fill("토끼");
  await turtle.getByRole("button", { name: "들어가기" }).click();
  await expect(turtle.getByText(/이 반에 같은 별명이 있어요/)).toBeVisible();
  await enter(turtle, "거북이");

  // A scan of a pupil's waits for the teacher, and is everybody's then.
  await hand(rabbit, 4711);
  const send = rabbit.getByRole("button", { name: "반에 보내기" });
  await expect(send.or(rabbit.getByText("하나만 여쭤볼게요")).first()).toBeVisible({ timeout: 60_000 });
  if (!(await send.isVisible())) await rabbit.getByRole("button", { name: GLASS }).first().click();
  await send.click();
  await expect(rabbit.getByRole("button", { name: "반에 보냈어요" })).toBeVisible();
  await turtle.reload();
  await expect(turtle.getByRole("heading", { name: "지금은 볼 카드가 없어요" })).toBeVisible();
  await page.reload();
  await expect(page.getByRole("heading", { name: "학생이 보낸 카드 1장" })).toBeVisible();
  await expect(page.getByRole("img", { name: "학생이 찍은 사진" })).toBeVisible();
  await page.screenshot({ path: testInfo.outputPath("waiting.png"), fullPage: true });
  await page.getByRole("button", { name: "반 카드로 하기" }).click();
  await expect(page.getByRole("heading", { name: "반 카드 1장" })).toBeVisible();

  // Both review it; the teacher sees how each does.
  await turtle.reload();
  await turtle.getByRole("link", { name: "시작하기" }).click();
  await turtle.getByRole("button", { name: "답 보기" }).click();
  await turtle.keyboard.press("4");
  await expect(turtle.getByRole("heading", { name: "오늘 할 만큼 했어요" })).toBeVisible();
  await page.reload();
  const rows = page.getByRole("region", { name: "별명마다의 배움" }).getByRole("listitem");
  await expect(rows.filter({ hasText: "거북이" })).toContainText("카드 1장 가운데 1장을 시작했고");
  await expect(rows.filter({ hasText: "거북이" })).toContainText("1번 복습해 1번 기억했어요");
  await expect(rows.filter({ hasText: "토끼" })).toContainText("아직 복습하지 않았어요.");
  const downloading = page.waitForEvent("download");
  await page.getByRole("button", { name: "표로 받기 (CSV)" }).click();
  const table = await downloading;
  expect(table.suggestedFilename()).toBe("3학년 2반.csv");
  expect(readFileSync(await table.path(), "utf8")).toMatch(
    /^\ufeff별명,.*\r\n거북이,1,1,0,1,1,\d{4}-\d\d-\d\d\r\n토끼,1,0/,
  );

  // The room, by nicknames.
  await page.getByRole("button", { name: "방 열기" }).click();
  await expect(field(page)).toBeVisible();
  await rabbit.goto("/learn/class");
  await rabbit.getByRole("link", { name: /3학년 2반/ }).click();
  await expect(rabbit.getByRole("button", { name: "방에 들어가기" })).toBeVisible();
  await rabbit.screenshot({ path: testInfo.outputPath("pupil.png"), fullPage: true });
  await rabbit.getByRole("button", { name: "방에 들어가기" }).click();
  await expect(field(rabbit)).toBeVisible();
  await say(rabbit, "선생님 안녕하세요");
  await expect(message(page, "선생님 안녕하세요")).toContainText("토끼");
  await page.screenshot({ path: testInfo.outputPath("room.png") });

  // Who is removed is out of both.
  await page.goto("/learn/class");
  await page.getByRole("link", { name: /3학년 2반/ }).click();
  await page.getByRole("button", { name: "토끼 내보내기" }).click();
  await page.getByRole("button", { name: "내보내기", exact: true }).click();
  await expect(rows).toHaveCount(1);
  await rabbit.goto("/learn/class");
  await expect(rabbit.getByRole("heading", { name: "아직 들어간 반이 없어요" })).toBeVisible();

  // The end.
  await page.getByRole("button", { name: "지금 학기 끝내기" }).click();
  await expect(page.getByRole("dialog")).toContainText("되돌릴 수 없어요");
  await page.screenshot({ path: testInfo.outputPath("end.png") });
  await page.getByRole("button", { name: "모두 지우고 끝내기" }).click();
  await expect(page.getByRole("heading", { name: "아직 들어간 반이 없어요" })).toBeVisible();
  await turtle.goto("/learn/class");
  await expect(turtle.getByRole("heading", { name: "아직 들어간 반이 없어요" })).toBeVisible();
  await turtle.goto("/chat");
  await expect(turtle.getByRole("link", { name: /3학년 2반/ })).toHaveCount(0);
  await turtle.goto(address);
  await expect(turtle.getByText(/이 코드를 쓰는 반이 없어요/)).toBeVisible();
  await rabbit.context().close();
  await turtle.context().close();
});

test("a class goes to another teacher, who has an account, by keys alone", async ({
  page,
  browser,
}, testInfo) => {
  test.setTimeout(240_000);
  await keep(page, { name: "김 선생님" });
  const code = await make(page, "5학년 1반");
  const rabbit = await pupil(browser);
  await rabbit.goto(`/learn/class/join#${code}`);
  await enter(rabbit, "토끼");
  await page.getByRole("button", { name: "방 열기" }).click();
  await expect(field(page)).toBeVisible();
  await page.goto("/learn/class");
  await page.getByRole("link", { name: /5학년 1반/ }).click();
  await expect(page.getByRole("button", { name: "넘기는 링크 만들기" })).toBeVisible();
  await tabTo(page, "button", "넘기는 링크 만들기");
  await page.keyboard.press("Enter");
  const link = (await page.getByText(/\/learn\/class\/take#/).textContent()) ?? "";
  const pageOfClass = page.url();

  const colleague = await pupil(browser);
  await keep(colleague, { name: "이 선생님" });
  await register(colleague, newAddress());
  await colleague.goto(link);
  await expect(colleague.getByRole("heading", { name: "5학년 1반" })).toBeVisible();
  expect(new URL(colleague.url()).hash).toBe("");
  await tabTo(colleague, "button", "넘겨받기");
  await colleague.keyboard.press("Enter");
  await expect(colleague.getByRole("heading", { name: "받아들였어요" })).toBeVisible();
  const shown = (await colleague.getByText(/^이 선생님 \(/).textContent()) ?? "";
  await colleague.screenshot({ path: testInfo.outputPath("accepted.png") });

  await page.goto(pageOfClass);
  await expect(page.getByText(`${shown} 님이 넘겨받겠다고 했어요.`)).toBeVisible();
  await page.screenshot({ path: testInfo.outputPath("confirm.png"), fullPage: true });
  await tabTo(page, "button", "이 선생님께 넘기기");
  await page.keyboard.press("Enter");
  await tabTo(page, "button", "넘기고 나가기");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: "아직 들어간 반이 없어요" })).toBeVisible();

  await colleague.getByRole("link", { name: "우리 반으로" }).click();
  await colleague.getByRole("link", { name: /5학년 1반/ }).click();
  await expect(colleague.getByText("토끼", { exact: true })).toBeVisible();
  await expect(colleague.getByText(code)).toBeVisible();
  await colleague.getByRole("button", { name: "방에 들어가기" }).click();
  await expect(field(colleague)).toBeVisible();
  await page.goto("/chat");
  await expect(page.getByRole("link", { name: /5학년 1반/ })).toHaveCount(0);
  await rabbit.context().close();
  await colleague.context().close();
});

inEverySize("the pages of a class", [360, 768, 1280], async ({ page, browser, language, width, look }) => {
  const words = {
    ko: {
      open: "반 만들기",
      name: "반 이름",
      make: "만들기",
      nickname: "별명",
      enter: "들어가기",
      hand: "넘기는 링크 만들기",
      signIn: "로그인하기",
    },
    en: {
      open: "Make a class",
      name: "Name of the class",
      make: "Make it",
      nickname: "Nickname",
      enter: "Enter",
      hand: "Make a link to hand it over",
      signIn: "Sign in",
    },
  }[language];
  await page.goto("/learn/class");
  await page.getByRole("button", { name: words.open }).waitFor();
  await look("classes");
  await page.getByRole("button", { name: words.open }).click();
  await page.getByRole("textbox", { name: words.name }).fill(language === "ko" ? "3학년 2반" : "Class 3B");
  await page.getByRole("button", { name: words.make, exact: true }).click();
  const address = `/learn/class/join#${await codeOf(page)}`;
  const other = await pupil(browser);
  await keep(other, { language });
  await other.setViewportSize({ width, height: 780 });
  await other.goto("/learn/class/join");
  await other.getByRole("textbox").waitFor();
  await look("code", other);
  await other.goto(address);
  await other.getByRole("textbox", { name: words.nickname }).waitFor();
  await look("join", other);
  await other.getByRole("textbox", { name: words.nickname }).fill("Rabbit");
  await other.getByRole("button", { name: words.enter, exact: true }).click();
  await expect(other.getByText(/Rabbit ·/)).toBeVisible();
  await look("pupil", other);
  await page.reload();
  await expect(page.getByText("Rabbit", { exact: true })).toBeVisible();
  await page.getByRole("button", { name: words.hand }).click();
  const link = await page.getByText(/\/learn\/class\/take#/).textContent();
  await look("teacher");
  await other.goto(link ?? "");
  await expect(other.getByRole("link", { name: words.signIn })).toBeVisible();
  await look("take", other);
  await other.context().close();
});

test("a class is made and entered by keys alone", async ({ page, browser }) => {
  test.setTimeout(180_000);
  await page.goto("/learn/class");
  await expect(page.getByRole("button", { name: "반 만들기" })).toBeVisible();
  await tabTo(page, "button", "반 만들기");
  await page.keyboard.press("Enter");
  await tabTo(page, "textbox", "반 이름");
  await page.keyboard.type("독수리반");
  await tabTo(page, "button", "만들기");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1, name: "독수리반" })).toBeVisible();
  const address = `/learn/class/join#${await codeOf(page)}`;
  const other = await pupil(browser);
  await other.goto(address);
  await expect(other.getByRole("textbox", { name: "별명" })).toBeVisible();
  await tabTo(other, "textbox", "별명");
  await other.keyboard.type("토끼");
  await other.keyboard.press("Enter");
  await expect(other.getByText("별명 토끼")).toBeVisible();
  await page.reload();
  await expect(page.getByRole("button", { name: "토끼 내보내기" })).toBeVisible();
  await tabTo(page, "button", "토끼 내보내기");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("group", { name: "토끼 내보내기" })).toBeFocused();
  await tabTo(page, "button", "내보내기");
  await page.keyboard.press("Enter");
  await expect(page.getByText("아직 들어온 학생이 없어요.")).toBeVisible();
  await other.context().close();
});
