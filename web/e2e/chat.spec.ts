import { allArrived, enter, field, guest, makeRoom, message, say } from "./support/chat";
import {
  expect,
  expectAccessibleInEveryScheme,
  expectNoSidewaysScroll,
  expectTouchable,
  keep,
  test,
} from "./support/test";

test("two guests talk, and see each other come, write and read", async ({ page, browser }, testInfo) => {
  await keep(page, { name: "민아" });
  const address = await makeRoom(page, `분리배출 ${Date.now() % 1e5}`);
  await say(page, "건전지는 어디에 버려요?");
  await allArrived(page);
  const other = await guest(browser, "준호");
  await enter(other, address);
  await expect(page.getByText("2명 접속 중")).toBeVisible();
  await expect(message(other, "건전지는 어디에 버려요?")).toHaveCount(1);
  await field(other).pressSequentially("관리");
  await expect(page.getByText("준호 님이 쓰고 있어요…")).toBeVisible();
  await say(other, "관리사무소 앞 **파란 통**이요.");
  await expect(message(page, "관리사무소 앞 파란 통이요.")).toHaveCount(1);
  await expect(page.getByText("준호 님이 쓰고 있어요…")).toHaveCount(0);
  await page.screenshot({ path: testInfo.outputPath("room.png") });
  await expectAccessibleInEveryScheme(page);
  await expectTouchable(page);
  await expectNoSidewaysScroll(page);
  await page.getByRole("link", { name: "방 목록" }).click();
  await say(other, "뚜껑은 따로 모아요.");
  await expect(page.getByText("안 읽은 메시지 1개")).toBeAttached();
  await expect(page).toHaveTitle("(1) 이웃 · 분리");
  await page.screenshot({ path: testInfo.outputPath("lobby.png") });
  await expectAccessibleInEveryScheme(page);
  await expectTouchable(page);
  await expectNoSidewaysScroll(page);
  await other.context().close();
});
