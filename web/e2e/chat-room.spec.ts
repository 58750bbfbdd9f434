import type { Page } from "@playwright/test";
import { allArrived, enter, field, guest, makeRoom, message, say, speaker } from "./support/chat";
import {
  expect,
  expectAccessible,
  expectAccessibleInEveryScheme,
  expectNoSidewaysScroll,
  expectTouchable,
  expectWholeWords,
  keep,
  test,
} from "./support/test";

async function menuOf(page: Page, words: string): Promise<void> {
  const menu = message(page, words).getByRole("button", { name: "메시지 메뉴" });
  await menu.first().click(); // an answer has the words of what it answers, too
}

test("answers, signs, corrections and removals reach everybody", async ({ page, browser }, testInfo) => {
  await keep(page, { name: "민아" });
  const address = await makeRoom(page, `고치기 ${Date.now() % 1e5}`);
  await say(page, "형광등은 어디에요");
  await allArrived(page);
  const other = await guest(browser, "준호");
  await enter(other, address);

  await menuOf(other, "형광등은 어디에요");
  await expectAccessible(other);
  await expectTouchable(other);
  await other.screenshot({ path: testInfo.outputPath("menu.png") });
  await other.getByRole("button", { name: "👍" }).click();
  await expect(page.getByRole("button", { name: "👍 반응 1개" })).toBeVisible();
  await page.getByRole("button", { name: "👍 반응 1개" }).click();
  await expect(other.getByRole("button", { name: "👍 반응 2개" })).toBeVisible();

  await menuOf(other, "형광등은 어디에요");
  await other.getByRole("button", { name: "답하기" }).click();
  await expect(field(other)).toBeFocused();
  await say(other, "주민센터요");
  await expect(message(page, "주민센터요").getByRole("button", { name: /민아: 형광등은/ })).toBeVisible();
  await message(page, "주민센터요")
    .getByRole("button", { name: /민아: 형광등은/ })
    .click();
  await expect(page.locator("[data-seq='1']")).toBeFocused();

  await menuOf(page, "형광등은 어디에요");
  await page.getByRole("button", { name: "고치기", exact: true }).click();
  await expect(field(page)).toHaveValue("형광등은 어디에요");
  await field(page).fill("형광등은 어디에 버려요?");
  await field(page).press("Enter");
  await expect(other.getByText("형광등은 어디에 버려요?").first()).toBeVisible();
  await expect(other.getByText("고침")).toBeVisible();

  await menuOf(other, "주민센터요");
  await other.getByRole("button", { name: "지우기" }).click();
  await other.getByRole("button", { name: "지우기" }).click();
  await expect(page.getByText("지운 메시지예요.")).toBeVisible();
  await expect(page.getByText("주민센터요")).toHaveCount(0);
  await page.reload();
  await expect(page.getByText("지운 메시지예요.")).toBeVisible();

  await menuOf(other, "형광등은 어디에 버려요?");
  await other.getByRole("button", { name: "신고하기" }).click();
  await other.getByRole("button", { name: "신고하기" }).click();
  await expect(other.getByText("신고했어요. 고마워요.").first()).toBeVisible();
  await other.context().close();
});

test("without a mouse: arrows lead from message to message, and Enter to what can be done with one", async ({
  page,
}) => {
  await keep(page, { name: "민아" });
  await makeRoom(page, `화살표 ${Date.now() % 1e5}`);
  for (const words of ["하나", "둘", "셋"]) await say(page, words);
  await allArrived(page);
  await page.getByRole("log").focus();
  await page.keyboard.press("Tab"); // past all messages
  await expect(page.getByRole("button", { name: "사진이나 파일 붙이기" })).toBeFocused();
  await page.keyboard.press("Shift+Tab");
  await expect(page.getByRole("log")).toBeFocused();
  for (const [key, words] of [
    ["ArrowUp", "셋"],
    ["ArrowUp", "둘"],
    ["ArrowDown", "셋"],
  ] as const) {
    await page.keyboard.press(key);
    await expect(message(page, words)).toBeFocused();
  }
  await page.keyboard.press("Enter");
  await expect(page.getByRole("dialog", { name: "메시지 메뉴" })).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await expect(message(page, "셋")).toBeFocused();
});

test("what was marked as unread stays so until the room is opened again", async ({ page }) => {
  await keep(page, { name: "민아" });
  const address = await makeRoom(page, `안 읽음 ${Date.now() % 1e5}`);
  const other = await speaker(page.request, "준호", address);
  for (const words of ["하나", "둘", "셋"]) await other.say(words);
  await expect(message(page, "셋")).toBeInViewport();
  await menuOf(page, "둘");
  await page.getByRole("button", { name: "여기부터 안 읽음으로" }).click();
  await other.say("넷");
  await expect(message(page, "넷")).toBeInViewport();
  await page.getByRole("link", { name: "방 목록" }).click();
  await expect(page.getByText("안 읽은 메시지 3개")).toBeAttached();
  await page.reload();
  await page.getByText("안 읽은 메시지 3개").click({ force: true });
  await expect(page.getByText("여기부터 안 읽었어요")).toBeInViewport();
  await page.getByRole("link", { name: "방 목록" }).click();
  await expect(page.getByText(/안 읽은 메시지/)).toHaveCount(0);
});

test("a poll is asked, and votes are counted and moved", async ({ page, browser }, testInfo) => {
  await keep(page, { name: "민아" });
  const address = await makeRoom(page, `투표 ${Date.now() % 1e5}`);
  const other = await guest(browser, "준호");
  await enter(other, address);
  await page.getByRole("button", { name: "투표 올리기" }).click();
  await expectAccessible(page);
  await page.getByRole("textbox", { name: "무엇을 물어볼까요" }).fill("우산은 어디에?");
  await page.getByRole("textbox", { name: "고를 것 1" }).fill("종량제 봉투");
  await page.getByRole("textbox", { name: "고를 것 2" }).fill("고철");
  await page.getByRole("button", { name: "고를 것 더하기" }).click();
  await page.getByRole("textbox", { name: "고를 것 3" }).fill("나눠서");
  await page.getByRole("button", { name: "물어보기" }).click();
  await allArrived(page);
  await other.getByRole("button", { name: /고철/ }).click();
  await expect(page.getByText("1명이 골랐어요")).toBeVisible();
  await other.getByRole("button", { name: /나눠서/ }).click();
  await page.getByRole("button", { name: /나눠서/ }).click();
  await expect(other.getByRole("button", { name: /나눠서 2표/ })).toHaveAttribute("aria-pressed", "true");
  await expect(other.getByRole("button", { name: /고철 0표/ })).toHaveAttribute("aria-pressed", "false");
  await expect(other.getByText("2명이 골랐어요")).toBeVisible();
  await page.screenshot({ path: testInfo.outputPath("poll.png") });
  await expectAccessibleInEveryScheme(page);
  await other.context().close();
});

test("somebody is mentioned by their name", async ({ page, browser }, testInfo) => {
  await keep(page, { name: "민아" });
  const address = await makeRoom(page, `부르기 ${Date.now() % 1e5}`);
  const other = await guest(browser, "준호");
  await enter(other, address);
  await expect(page.getByText("2명 접속 중")).toBeVisible();
  await field(page).pressSequentially("물어볼게요 @준");
  await expect(page.getByRole("option", { name: /준호/ })).toBeVisible();
  await expectAccessible(page);
  await page.keyboard.press("Enter");
  await expect(field(page)).toHaveValue("물어볼게요 @준호 ");
  await page.keyboard.type("알아요?");
  await page.keyboard.press("Enter");
  await expect(message(other, "물어볼게요 @준호 알아요?")).toHaveAttribute("data-mentions", "true");
  await expect(message(other, "물어볼게요").locator("mark[data-me]")).toHaveText("@준호");
  await expect(other.getByRole("article", { name: /나를 부름$/ })).toHaveCount(1);
  await expect(message(page, "물어볼게요").locator("mark:not([data-me])")).toHaveText("@준호");
  await other.screenshot({ path: testInfo.outputPath("mentioned.png") });
  await expectAccessibleInEveryScheme(other);
  await expectAccessibleInEveryScheme(page);
  await other.context().close();
});

test("a private room is found by nobody, and entered by a link that says so first", async ({
  page,
  browser,
}, testInfo) => {
  await keep(page, { name: "민아" });
  await page.goto("/chat");
  await page.getByRole("button", { name: "방 만들기" }).click();
  await page.getByRole("textbox", { name: "방 이름" }).fill("한빛아파트 3동");
  await page.getByRole("radio", { name: "우리 건물" }).check();
  await expectAccessible(page);
  await expectTouchable(page);
  await page.screenshot({ path: testInfo.outputPath("new.png") });
  await page.getByRole("button", { name: "만들기", exact: true }).click();
  await expect(field(page)).toBeVisible();
  await page.getByRole("button", { name: "방 메뉴" }).click();
  await expectAccessible(page);
  await page.screenshot({ path: testInfo.outputPath("room-menu.png") });
  await page.getByRole("button", { name: "초대하기" }).click();
  await page.getByRole("button", { name: "초대 링크 만들기" }).click();
  const code = await page.getByRole("img", { name: "초대 링크의 QR 코드" }).boundingBox();
  expect(code?.width).toBeGreaterThan(200); // large enough for a scanner
  await page.screenshot({ path: testInfo.outputPath("invite.png") });
  await expectAccessible(page);
  const link = (await page.getByText(/\/chat\/join#/).textContent()) ?? "";

  const other = await guest(browser, "준호");
  await other.goto(new URL(page.url()).pathname);
  await expect(other.getByRole("heading", { name: "찾을 수 없어요" })).toBeVisible();
  await other.goto("/chat");
  await expect(other.getByText("한빛아파트 3동")).toHaveCount(0);
  await other.goto(link);
  await expect(other.getByRole("heading", { name: "한빛아파트 3동" })).toBeVisible();
  await expect(other.getByText("민아 님이 초대했어요.")).toBeVisible();
  await expect(other.getByText("같은 건물 사람들의 방 · 1명")).toBeVisible();
  await expect(other).toHaveURL(/\/chat\/join$/); // the secret stands in no address bar
  await other.screenshot({ path: testInfo.outputPath("join.png") });
  await expectAccessible(other);
  await other.getByRole("button", { name: "들어가기" }).click();
  await say(other, "안녕하세요, 3층이에요");
  await expect(message(page, "안녕하세요, 3층이에요")).toHaveCount(1);

  await page.getByRole("button", { name: "닫기" }).click();
  await page.getByRole("button", { name: /접속 중/ }).click();
  await expect(page.getByRole("dialog").getByText("준호")).toBeVisible();
  await expectAccessible(page);
  await page.keyboard.press("Escape");
  await other.getByRole("button", { name: "방 메뉴" }).click();
  await other.getByRole("button", { name: "나가기" }).click();
  await other.getByRole("button", { name: "나가기" }).click();
  await expect(other).toHaveURL(/\/chat$/);
  await expect(other.getByText("한빛아파트 3동")).toHaveCount(0);
  await other.goto("/chat/join");
  await expect(other.getByText("초대 링크가 온전하지 않아요")).toBeVisible();
  await other.goto(`${link.slice(0, -3)}xyz`);
  await expect(other.getByRole("heading", { name: "이 초대로는 들어갈 수 없어요" })).toBeVisible();
  await expect(other.getByText("초대가 끝났거나 온전하지 않아요. 새로 받아 주세요.")).toBeVisible();
  await other.context().close();
});

test("a room is renamed, quiet for who wants it so, and closed", async ({ page }) => {
  await keep(page, { name: "민아" });
  await makeRoom(page, `옛 이름 ${Date.now() % 1e5}`);
  await say(page, "마지막 말");
  await allArrived(page);
  await page.getByRole("button", { name: "방 메뉴" }).click();
  await page.getByRole("button", { name: "알림 켜짐" }).click();
  await expect(page.getByRole("button", { name: "알림 꺼짐" })).toBeVisible();
  await page.getByRole("button", { name: "이름 바꾸기" }).click();
  await page.getByRole("textbox", { name: "방 이름" }).fill("새 이름");
  await page.getByRole("button", { name: "저장" }).click();
  await expect(page.getByRole("button", { name: /새 이름/ })).toBeVisible();
  await expect(page).toHaveTitle("새 이름 · 분리");
  await page.getByRole("button", { name: "방 메뉴" }).click();
  await page.getByRole("button", { name: "방 닫기" }).click();
  await page.getByRole("button", { name: "방 닫기" }).click();
  await expect(page.getByText("닫힌 방이에요. 읽을 수만 있어요.")).toBeVisible();
  await expect(field(page)).toHaveCount(0);
  await expect(message(page, "마지막 말")).toHaveCount(1);
  await expectAccessible(page);
});

test.describe("a neighbourhood", () => {
  test.use({ geolocation: { latitude: 37.5663, longitude: 126.9779 }, permissions: ["geolocation"] });

  test("has one room, and only its field of five letters leaves the device", async ({ page }) => {
    await keep(page, { name: "민아" });
    const told: string[] = [];
    page.on("request", (request) => told.push(request.url() + (request.postData() ?? "")));
    await page.goto("/chat");
    await page.getByRole("button", { name: "우리 동네 방" }).click();
    const make = page.getByRole("button", { name: "만들기", exact: true });
    const come = page.getByRole("button", { name: "들어가기" });
    await expect(make.or(come).first()).toBeVisible(); // an earlier run may have made it
    await ((await make.isVisible()) ? make : come).click();
    await expect(field(page)).toBeVisible();
    const room = page.url();
    expect(told.filter((one) => /37\.5|126\.9/.test(one))).toEqual([]);
    expect(told.some((one) => one.includes("area=wydm9"))).toBe(true);
    await page.getByRole("link", { name: "방 목록" }).click();
    await page.getByRole("button", { name: "우리 동네 방" }).click();
    await expect(page).toHaveURL(room);
  });
});

test("where the place is not to be used, it says so", async ({ page }) => {
  await page.goto("/chat");
  await page.getByRole("button", { name: "우리 동네 방" }).click();
  await expect(page.getByText("위치를 쓸 수 없어요.")).toBeVisible();
  await expectAccessible(page);
});

test.describe("the room fits", () => {
  for (const [language, width, scale] of [
    ["ko", 360, 100],
    ["en", 360, 200],
    ["ko", 360, 200],
    ["en", 768, 100],
    ["ko", 1280, 100],
  ] as const)
    test(`${width} pixels in ${language}, text at ${scale} %`, async ({ page }, testInfo) => {
      await keep(page, { name: "민아", language: "ko" });
      const address = await makeRoom(page, `우리 단지 분리배출 ${scale}`);
      const other = await speaker(page.request, "준호", address);
      await other.say(
        "스티로폼은 **깨끗이 씻어서** 테이프를 떼고 내놓아요. [안내](https://example.org)를 보세요.",
      );
      await say(page, "고마워요!");
      await allArrived(page);
      await page.evaluate((chosen) => {
        const kept = JSON.parse(localStorage.getItem("bunri.preferences") ?? "{}") as object;
        localStorage.setItem("bunri.preferences", JSON.stringify({ ...kept, language: chosen }));
      }, language);
      await page.setViewportSize({ width, height: 740 });
      for (const to of [address, "/chat"]) {
        await page.goto(to);
        if (to === "/chat")
          await page.getByRole("textbox", { name: /방 찾기|Find a room/ }).fill("우리 단지");
        await expect(page.getByText(/고마워요!/).first()).toBeVisible();
        await expect(page.getByText(/고치기|부르기/)).toHaveCount(0);
        await page.evaluate((size) => (document.documentElement.style.fontSize = `${size}%`), scale);
        await expectNoSidewaysScroll(page);
        await expectWholeWords(page);
        await expectTouchable(page);
        await page.screenshot({ path: testInfo.outputPath(to === "/chat" ? "lobby.png" : "room.png") });
      }
    });
});
