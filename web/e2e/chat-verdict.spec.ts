import { allArrived, enter, field, guest, makeRoom, message, say } from "./support/chat";
import { asked, hand } from "./support/coach";
import { expect, expectAccessibleInEveryScheme, expectNoSidewaysScroll, keep, test } from "./support/test";

test("neighbours find out what a scan shows, and the scan is answered", async ({
  page,
  browser,
}, testInfo) => {
  const name = `우리 동네 ${Date.now() % 1e5}`;
  await keep(page, { name: "민아" });
  const address = await makeRoom(page, name);
  await page.goto("/");
  await hand(page, 7311);
  await asked(page);
  await page.getByRole("button", { name: "이웃에게 물어보기" }).click();
  await page.getByRole("button", { name }).click();
  await expect(field(page)).toBeVisible();
  const votes = page.getByRole("list", { name: "무엇일까요?" });
  await expect(votes.getByRole("button")).toHaveCount(4);
  const others = [await guest(browser, "준호"), await guest(browser, "수지"), await guest(browser, "하나")];
  for (const each of others) await enter(each, address);
  await page.screenshot({ path: testInfo.outputPath("question.png"), fullPage: true });
  await expectAccessibleInEveryScheme(page);
  await expectNoSidewaysScroll(page);
  for (const each of others) {
    const first = each.getByRole("list", { name: "무엇일까요?" }).getByRole("button").first();
    // Two are enough, unless something dangerous is among the choices: then the third finds it open still.
    await first.click({ timeout: 5_000 }).catch(() => undefined);
  }
  await expect(page.getByText("이웃들이 알아냈어요")).toBeVisible();
  await page.screenshot({ path: testInfo.outputPath("answer.png"), fullPage: true });
  await page.getByRole("link", { name: "내 스캔 보기" }).click();
  await expect(page.getByRole("button", { name: "이웃에게 물어보기" })).toHaveCount(0);
  await page.getByText("왜 그런가요", { exact: false }).first().click();
  await expect(page.getByText("이웃들이 함께 알아냈어요.")).toBeVisible();
});

test("the coach answers in a room what it is asked in words", async ({ page }) => {
  await keep(page, { name: "민아" });
  await makeRoom(page, `코치 ${Date.now() % 1e5}`);
  await say(page, "@코치 건전지");
  await allArrived(page);
  await expect(message(page, "코치가 확신해요")).toHaveCount(1);
  await expect(message(page, "분리 코치")).toHaveCount(1);
});
