import type { Page } from "@playwright/test";
import { enter, field, guest, makeRoom, message, say } from "./support/chat";
import {
  expect,
  expectAccessibleInEveryScheme,
  expectNoSidewaysScroll,
  expectTouchable,
  keep,
  test,
} from "./support/test";

const toast = (page: Page, words: string) => page.getByRole("region", { name: "알림" }).getByText(words);

test("what three people report is folded, and goes when who looks after the room removes it", async ({
  page,
  browser,
}, testInfo) => {
  test.slow(); // five people
  await keep(page, { name: "민아" });
  const address = await makeRoom(page, `신고 ${Date.now() % 1e5}`);
  const writer = await guest(browser, "준호");
  await enter(writer, address);
  await say(writer, "욕을 했어요");
  for (const name of ["소라", "하늘", "보람"]) {
    const reader = await guest(browser, name);
    await enter(reader, address);
    await message(reader, "욕을 했어요").getByRole("button", { name: "메시지 메뉴" }).click();
    await reader.getByRole("button", { name: "신고하기" }).click();
    await reader.getByRole("textbox", { name: /무엇이 문제인가요/ }).fill("욕이에요");
    await reader.getByRole("button", { name: "신고하기" }).click();
    await expect(toast(reader, "신고했어요. 고마워요.")).toBeVisible();
    await reader.context().close();
  }
  await expect(message(page, "여러 사람이 신고해 접어 둔 메시지예요.")).toHaveCount(1);
  await expect(message(writer, "욕을 했어요")).toHaveCount(1);
  await page.getByRole("button", { name: "펼쳐 보기" }).click();
  await expect(message(page, "욕을 했어요")).toHaveCount(1);
  await page.getByRole("button", { name: "방 메뉴" }).click();
  await page.getByRole("link", { name: "신고 1개 살펴보기" }).click();
  await expect(page.getByText("욕이에요")).toHaveCount(3);
  await page.screenshot({ path: testInfo.outputPath("reports.png"), fullPage: true });
  await expectAccessibleInEveryScheme(page);
  await expectTouchable(page);
  await expectNoSidewaysScroll(page);
  await page.getByRole("button", { name: "지우기" }).click();
  await expect(page.getByText("살펴볼 신고가 없어요")).toBeVisible();
  await expect(message(writer, "지운 메시지예요.")).toHaveCount(1);
  await page.getByRole("radio", { name: "기록" }).click();
  await expect(page.getByText("민아 님이 준호 님의 메시지를 지웠어요")).toBeVisible();
  await writer.context().close();
});

test("rules, words and people of a room", async ({ page, browser }, testInfo) => {
  await keep(page, { name: "민아" });
  const address = await makeRoom(page, `규칙 ${Date.now() % 1e5}`);
  const other = await guest(browser, "준호");
  await enter(other, address);
  await page.goto(`${address}/moderation?part=rules`);
  await page.getByRole("combobox", { name: "한 사람이 다시 말할 때까지" }).selectOption({ label: "30초" });
  await page.getByRole("button", { name: "저장", exact: true }).click();
  await expect(toast(page, "규칙을 저장했어요.")).toBeVisible();
  await page.getByRole("textbox", { name: "말 목록" }).fill("당근\n!당근마켓");
  await page.getByRole("button", { name: "목록 저장" }).click();
  await expect(toast(page, "목록을 저장했어요.")).toBeVisible();
  await page.screenshot({ path: testInfo.outputPath("rules.png"), fullPage: true });
  await expectAccessibleInEveryScheme(page);
  await expectTouchable(page);
  await expectNoSidewaysScroll(page);
  await field(other).fill("당.근 팔아요");
  await field(other).press("Enter");
  await expect(other.getByText("여기서 쓰지 않기로 한 말이 들어 있어요.")).toBeVisible();
  await page.getByRole("radio", { name: "사람", exact: true }).click();
  await page.getByRole("button", { name: "준호 님 관리" }).click();
  await page.screenshot({ path: testInfo.outputPath("person.png") });
  await page.getByRole("button", { name: "내보내고 못 들어오게 하기" }).click();
  await expect(toast(page, "준호 님을 내보내고 막았어요.")).toBeVisible();
  await expect(other.getByRole("heading", { name: "이 방에 없어요", level: 1 })).toBeVisible();

  await page.getByRole("radio", { name: "막은 사람" }).click();
  await expect(page.getByText("준호", { exact: true })).toBeVisible();
  await expect(page.getByText(/까지 못 들어옴/)).toBeVisible();
  await page.screenshot({ path: testInfo.outputPath("kept-out.png"), fullPage: true });
  await expectAccessibleInEveryScheme(page);
  await expectTouchable(page);
  await expectNoSidewaysScroll(page);
  await other.goto(address);
  await other.getByRole("button", { name: "들어가기" }).click();
  await expect(other.getByText(/잠시 내보낸 방이에요/)).toBeVisible();
  await page.getByRole("button", { name: "다시 들어오게 하기: 준호" }).click();
  await expect(toast(page, "준호 님이 다시 들어올 수 있어요.")).toBeVisible();
  await expect(page.getByText("막은 사람이 없어요")).toBeVisible();
  await enter(other, address);
  await other.context().close();
});
