import { allArrived, enter, field, guest, makeRoom, message, say, speaker } from "./support/chat";
import { expect, keep, test } from "./support/test";

test.afterEach(({ complaints }) => {
  complaints.length = 0; // what could not be reached
});

test("what was written without a network is kept over a reload and sent once", async ({ page, browser }) => {
  await keep(page, { name: "민아" });
  const address = await makeRoom(page, `오프라인 ${Date.now() % 1e5}`);
  await say(page, "있을 때");
  await allArrived(page);
  await page.evaluate(() => navigator.serviceWorker.ready);
  await page.reload(); // the worker keeps what this page fetches from now on
  await expect(message(page, "있을 때")).toBeVisible();
  const other = await guest(browser, "준호");
  await enter(other, address);

  await page.context().setOffline(true);
  await say(page, "없을 때 하나");
  await say(page, "없을 때 둘");
  await expect(page.locator("[data-waiting]")).toHaveCount(2);
  // Another room and back: each is shown once.
  await page.getByRole("link", { name: "방 목록" }).click();
  await page.locator(`a[href="${new URL(address).pathname}"]`).click();
  await expect(page.locator("[data-waiting]")).toHaveCount(2);
  await expect(message(page, "없을 때 하나")).toHaveCount(1);
  await page.reload();
  // What was said before is stored on this device, and says so.
  await expect(page.getByRole("note")).toBeVisible();
  await expect(message(page, "있을 때")).toHaveCount(1);
  await expect(page.locator("[data-waiting]")).toHaveCount(2);
  await say(other, "그동안");

  await page.context().setOffline(false);
  await expect(message(page, "그동안")).toHaveCount(1);
  await expect(page.getByRole("note")).toHaveCount(0);
  await expect(message(other, "없을 때 하나")).toHaveCount(1);
  await expect(message(other, "없을 때 둘")).toHaveCount(1);
  await page.goto(address);
  await allArrived(page);
  for (const words of ["없을 때 하나", "없을 때 둘"]) await expect(message(page, words)).toHaveCount(1);
  const said = await other.getByRole("log").getByRole("article").allTextContents();
  expect(said.map((text) => /없을 때 (하나|둘)/.exec(text)?.[1]).filter(Boolean)).toEqual(["하나", "둘"]);
  await other.context().close();
});

test("an answer that is lost makes no second message", async ({ page }) => {
  await keep(page, { name: "민아" });
  await page.routeWebSocket(/socket\.io/, (socket) => void socket.close()); // sent over HTTP, then
  await makeRoom(page, `잃은 답 ${Date.now() % 1e5}`);
  let lost = 0;
  await page.route("**/api/v1/chat/rooms/*/messages", async (route) => {
    if (route.request().method() !== "POST" || lost > 0) return route.continue();
    lost += 1;
    await route.fetch(); // the server has stored it
    return route.abort();
  });
  await say(page, "한 번만");
  await allArrived(page);
  expect(lost).toBe(1);
  await page.reload();
  await expect(message(page, "한 번만")).toHaveCount(1);
});

test("a refused message says why, and can be sent again or removed", async ({ page, browser }, testInfo) => {
  await keep(page, { name: "민아" });
  const address = await makeRoom(page, `천천히 ${Date.now() % 1e5}`);
  // Its owner makes it slow: of others one message in an hour.
  await page.evaluate(async (id) => {
    const refreshed = await fetch("/api/v1/auth/refresh", {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-Token-Delivery": "cookie" },
      body: "{}",
    });
    const { access_token: token } = (await refreshed.json()) as { access_token: string };
    await fetch(`/api/v1/chat/rooms/${id}`, {
      method: "PATCH",
      headers: { "Content-Type": "application/json", Authorization: `Bearer ${token}` },
      body: JSON.stringify({ slow_s: 3600 }),
    });
  }, address.split("/").at(-1));
  const other = await guest(browser, "준호");
  await enter(other, address);
  await say(other, "첫 말");
  await allArrived(other);
  await say(other, "둘째 말");
  const refused = message(other, "둘째 말");
  await expect(refused.getByRole("alert")).toContainText("천천히");
  await other.screenshot({ path: testInfo.outputPath("refused.png") });
  await refused.getByRole("button", { name: "다시 보내기" }).click();
  await expect(refused.getByRole("alert")).toContainText("천천히");
  await other.reload();
  await expect(refused.getByRole("alert")).toContainText("천천히");
  await refused.getByRole("button", { name: "지우기" }).click();
  await expect(refused).toHaveCount(0);
  await other.reload();
  await expect(message(other, "첫 말")).toHaveCount(1);
  await expect(refused).toHaveCount(0);
  await other.context().close();
});

test("what was read without a network stays read, and badges are fetched anew", async ({ page }) => {
  await keep(page, { name: "민아" });
  const address = await makeRoom(page, `읽음 ${Date.now() % 1e5}`);
  await say(page, "처음");
  await allArrived(page);
  const other = await speaker(page.request, "준호", address);
  await page.getByRole("link", { name: "방 목록" }).click();
  await other.say("하나");
  await other.say("둘");
  await expect(page.getByText("안 읽은 메시지 2개")).toBeAttached();
  await page.context().setOffline(true);
  await page.locator(`a[href="${new URL(address).pathname}"]`).click(); // its messages came by the socket
  await expect(message(page, "둘")).toBeVisible();
  await page.getByRole("link", { name: "방 목록" }).click();
  await expect(page.getByText(/안 읽은 메시지/)).toHaveCount(0);
  await page.context().setOffline(false);
  await other.say("셋");
  await expect(page.getByText("안 읽은 메시지 1개")).toBeAttached();
  await page.reload();
  await expect(page.getByText("안 읽은 메시지 1개")).toBeAttached();
});

test("a draft is kept, a room each", async ({ page }) => {
  await keep(page, { name: "민아" });
  const one = await makeRoom(page, `초안 하나 ${Date.now() % 1e5}`);
  await field(page).fill("쓰다 만 말");
  const two = await makeRoom(page, `초안 둘 ${Date.now() % 1e5}`);
  await expect(field(page)).toHaveValue("");
  await page.goto(one);
  await expect(field(page)).toHaveValue("쓰다 만 말");
  await page.goto(two);
  await expect(field(page)).toHaveValue("");
});
