import type { Page } from "@playwright/test";
import { allArrived, enter, field, makeRoom, message, say, speaker } from "./support/chat";
import { expect, keep, test } from "./support/test";

const LINE = 2;

const log = (page: Page) => page.getByRole("log");

/** The first message that can be seen whole, and how far it is from the upper edge. */
function firstLine(page: Page): Promise<{ key: string; top: number }> {
  return log(page).evaluate((view) => {
    const { top } = view.getBoundingClientRect();
    for (const message of view.querySelectorAll<HTMLElement>("[data-key]")) {
      const box = message.getBoundingClientRect();
      if (box.top >= top) return { key: message.dataset.key ?? "", top: box.top - top };
    }
    throw new Error("no message can be seen");
  });
}

function lineAt(page: Page, key: string): Promise<number> {
  return log(page).evaluate((view, wanted) => {
    const message = view.querySelector(`[data-key="${wanted}"]`);
    if (!message) throw new Error("the message is not on the page");
    return message.getBoundingClientRect().top - view.getBoundingClientRect().top;
  }, key);
}

const exactly = (page: Page, words: string) => log(page).getByText(words, { exact: true });

const distanceFromEnd = (page: Page) =>
  log(page).evaluate(({ scrollHeight, scrollTop, clientHeight }) => scrollHeight - scrollTop - clientHeight);

/** The page has been drawn some times without anything moving: a wheel that was turned moves it a little later. */
const still = (page: Page) =>
  log(page).evaluate(async (view) => {
    const place = () => `${view.scrollTop} of ${view.scrollHeight}`;
    for (let [last, same] = [place(), 0]; same < 10; same = place() === last ? same + 1 : 0) {
      last = place();
      await new Promise((resolve) => requestAnimationFrame(resolve));
    }
  });

/** `line` is where it was; a page that was just opened takes a moment. */
async function expectAt(page: Page, line: Awaited<ReturnType<typeof firstLine>>): Promise<void> {
  await still(page);
  expect(Math.abs((await lineAt(page, line.key)) - line.top)).toBeLessThan(LINE);
}

/** A room with so many messages of somebody else, opened at its end. */
async function fullRoom(page: Page, count: number) {
  await keep(page, { name: "민아" });
  const address = await makeRoom(page, `긴 방 ${Date.now() % 1e5}`);
  await page.goto("/chat");
  const other = await speaker(page.request, "준호", address);
  for (let number = 1; number <= count; number++)
    await other.say(
      `${number}번째 말${number % 7 === 0 ? ", 조금 길게 적어서 한 줄에 다 들어가지 않는 말이에요." : ""}`,
    );
  await page.goto(address);
  await expect(exactly(page, "1번째 말")).toBeVisible();
  return { address, other };
}

test("the line being read stays where it is, whatever arrives", async ({ page }) => {
  const { other } = await fullRoom(page, 130);
  // Opened at what is unread, which is the beginning: to the end, then up into the middle.
  await page.getByRole("button", { name: /새 메시지|맨 아래로/ }).click();
  await expect(message(page, "130번째 말")).toBeVisible();
  await expect.poll(() => distanceFromEnd(page)).toBeLessThan(LINE);
  await log(page).hover();
  await page.mouse.wheel(0, -1500);
  await still(page);
  const line = await firstLine(page);

  await test.step("a new message comes", async () => {
    await other.say("새로 온 말");
    await expect(message(page, "새로 온 말")).toHaveCount(1);
    await expectAt(page, line);
  });

  await test.step("something above becomes larger, as a picture does that has come", async () => {
    await log(page).evaluate((view, key) => {
      const before = view.querySelector(`[data-key="${key}"]`)?.previousElementSibling as HTMLElement;
      before.style.paddingBottom = "240px";
    }, line.key);
    await expectAt(page, line);
  });

  await test.step("something below becomes larger", async () => {
    await log(page).evaluate((view) => {
      const last = [...view.querySelectorAll<HTMLElement>("[data-key]")].at(-1);
      if (last) last.style.paddingBottom = "180px";
    });
    await expectAt(page, line);
  });

  await test.step("older pages come, page after page up to the beginning", async () => {
    for (
      let turns = 0;
      turns < 60 && !(await page.getByText("여기가 방의 처음이에요.").isVisible());
      turns++
    ) {
      await page.mouse.wheel(0, -400);
      await still(page);
      await expectAt(page, await firstLine(page)); // also where an older page has come meanwhile
    }
    await expect(page.getByText("여기가 방의 처음이에요.")).toBeVisible();
    const numbers = await log(page)
      .locator("[data-seq]")
      .evaluateAll((all) => all.map((one) => Number((one as HTMLElement).dataset.seq)));
    expect(numbers).toEqual(numbers.map((_, index) => index + 1));
  });
});

test("at the end it follows, and a keyboard that opens covers nothing", async ({ page }) => {
  const { other } = await fullRoom(page, 30);
  await page.getByRole("button", { name: /새 메시지|맨 아래로/ }).click();
  for (const words of ["하나", "둘", "셋"]) {
    await other.say(words);
    await expect(message(page, words).last()).toBeInViewport();
  }
  await expect.poll(() => distanceFromEnd(page)).toBeLessThan(LINE);
  await say(page, "네 번째는 내가");
  await allArrived(page);
  await expect.poll(() => distanceFromEnd(page)).toBeLessThan(LINE);
  await page.setViewportSize({ width: 390, height: 420 }); // what a phone's keyboard leaves
  await expect(message(page, "네 번째는 내가")).toBeInViewport({ ratio: 1 });
  await expect(field(page)).toBeInViewport({ ratio: 1 });
});

test("it opens at what is unread, and leads there and to the end", async ({ page, browser }) => {
  await keep(page, { name: "민아" });
  const address = await makeRoom(page, `안 읽은 방 ${Date.now() % 1e5}`);
  await say(page, "처음");
  await allArrived(page);
  await page.getByRole("link", { name: "방 목록" }).click();
  const other = await speaker(page.request, "준호", address);
  for (let number = 1; number <= 40; number++) await other.say(`${number}번째 말`);
  await expect(page.getByText("안 읽은 메시지 40개")).toBeAttached();
  await page.goto(address);
  await expect(page.getByText("여기부터 안 읽었어요")).toBeInViewport();
  await expect(exactly(page, "1번째 말")).toBeInViewport();
  await page.getByRole("button", { name: /새 메시지 \d+개/ }).click();
  await expect(message(page, "40번째 말")).toBeInViewport();
  await page.getByRole("button", { name: "안 읽은 곳으로" }).click();
  await expect(exactly(page, "1번째 말")).toBeInViewport();
  await page.getByRole("link", { name: "방 목록" }).click();
  await expect(page.getByText(/안 읽은 메시지/)).toHaveCount(0);
  // In another browser of somebody else nothing is unread to begin with.
  const context = await browser.newContext({ locale: "ko-KR" });
  await enter(await context.newPage(), address);
  await context.close();
});

test("a room that was left is found as it was", async ({ page }) => {
  const { address } = await fullRoom(page, 60);
  await page.getByRole("button", { name: /새 메시지|맨 아래로/ }).click();
  await expect(exactly(page, "60번째 말")).toBeInViewport();
  await log(page).hover();
  await page.mouse.wheel(0, -900);
  await still(page);
  const line = await firstLine(page);
  await page.getByRole("link", { name: "방 목록" }).click();
  await page.locator(`a[href="${new URL(address).pathname}"]`).click();
  await expect(field(page)).toBeVisible();
  await expect(async () => expectAt(page, line)).toPass({ timeout: 15_000 });
});

test("what is found in a room is shown with what stands around it", async ({ page }) => {
  const { other } = await fullRoom(page, 120);
  await other.say("마지막 말");
  await page.getByRole("button", { name: /새 메시지|맨 아래로/ }).click();
  await expect(message(page, "마지막 말")).toBeInViewport();
  await page.getByRole("button", { name: "이 방에서 찾기" }).click();
  await page.getByRole("textbox", { name: "이 방에서 찾기" }).fill("13번째");
  await page.getByRole("button", { name: /준호.*[^1]13번째/ }).click();
  await expect(page.locator("[data-seq='13']")).toBeFocused();
  await expect(exactly(page, "13번째 말")).toBeInViewport();
  await expect(exactly(page, "12번째 말")).toBeInViewport();
});
