import type { Page } from "@playwright/test";
import { GLASS } from "./support/coach";
import { drawn } from "./support/pictures";
import { expect, expectAccessible, test } from "./support/test";

/** A photo that is answered, confirmed and given to learn from. Gives the address of its answer. */
async function give(page: Page, seed: number): Promise<string> {
  await page.goto("/");
  await page
    .locator("input[type=file]")
    .last()
    .setInputFiles(await drawn(page, seed));
  await page.getByRole("button", { name: GLASS }).click();
  await page.getByRole("button", { name: "맞아요", exact: true }).click();
  await page.getByRole("button", { name: "네, 쓰세요" }).click();
  await expect(page.getByText("고마워요. 큰 도움이 돼요.")).toBeVisible();
  return page.url();
}

const session = (page: Page) => page.evaluate(() => localStorage.getItem("bunri.session"));

test("whoever is forgotten gets nothing pushed any more", async ({ page }) => {
  const opened = page.waitForEvent("websocket", (socket) => socket.url().includes("/socket.io/"));
  await page.goto("/");
  await page
    .locator("input[type=file]")
    .last()
    .setInputFiles(await drawn(page, 43));
  const socket = await opened;
  await expect(page.getByText("하나만 여쭤볼게요")).toBeVisible();
  await page.getByRole("link", { name: "나", exact: true }).click();
  await page.getByRole("link", { name: /^설정/ }).click();
  await page.getByRole("button", { name: "모두 잊기" }).click();
  expect(socket.isClosed()).toBe(false);
  const closed = socket.waitForEvent("close", { timeout: 10_000 }); // it would linger for half a minute
  await page.getByRole("button", { name: "네, 잊어 주세요" }).click();
  await closed;
});

test("who forgets everything takes back what they gave, and nothing of them is left to open", async ({
  page,
  complaints,
}) => {
  const answer = await give(page, 41);
  const removed: string[] = [];
  page.on("request", (request) => {
    if (request.method() === "DELETE") removed.push(new URL(request.url()).pathname);
  });
  await page.goto("/me/settings");
  await page.getByRole("button", { name: "모두 잊기" }).click();
  await expect(page.getByRole("group", { name: "정말 잊을까요?", exact: false })).toBeFocused();
  await page.getByRole("button", { name: "네, 잊어 주세요" }).click();
  await expect(page.getByRole("region", { name: "알림" })).toContainText("모두 잊었어요.");
  await expect(page.getByRole("button", { name: "모두 잊기" })).toBeFocused();
  expect(removed).toEqual([
    "/api/v1/waste/examples",
    new URL(answer).pathname.replace("/answers", "/api/v1/waste/jobs"),
    "/api/v1/users/me",
  ]);
  expect(await session(page)).toBeNull();
  await expect(page.getByRole("heading", { name: "인공지능 학습에 쓰는 사진" })).toHaveCount(0);
  await page.goto(answer);
  await expect(page.getByText("이 답변은 더 이상 없어요").last()).toBeVisible();
  complaints.length = 0; // nobody knows the answer
});

test("nothing is forgotten while a consent cannot be taken back", async ({ page, complaints }) => {
  await give(page, 42);
  await page.route("**/api/v1/waste/examples", (route) => route.fulfill({ status: 503, body: "away" }));
  await page.goto("/me/settings");
  await page.getByRole("button", { name: "모두 잊기" }).click();
  await page.getByRole("button", { name: "네, 잊어 주세요" }).click();
  await expect(page.getByText("아직 아무것도 잊지 않았어요", { exact: false })).toBeVisible();
  await expect(page.getByRole("button", { name: "다시 시도" })).toBeFocused();
  await expectAccessible(page);
  expect(await session(page)).not.toBeNull();
  await page.unroute("**/api/v1/waste/examples");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("region", { name: "알림" })).toContainText("모두 잊었어요.");
  expect(await session(page)).toBeNull();
  complaints.length = 0; // the request that we made fail
});
