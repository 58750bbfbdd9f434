import type { Page } from "@playwright/test";
import { asked, hand } from "./support/coach";
import { drawn } from "./support/pictures";
import { expect, expectAccessible, test } from "./support/test";

/** How many answers the platform keeps of this person. */
async function expectHistory(page: Page, count: number): Promise<void> {
  await page.goto("/me/history");
  if (count === 0) await expect(page.getByText("아직 물어본 것이 없어요", { exact: true })).toBeVisible();
  const answers = page.getByRole("list", { name: "지난 답변 목록" }).getByRole("listitem");
  await expect(answers).toHaveCount(count);
}

test("what is no photo is refused with a sentence, before anything is sent", async ({ page }) => {
  const sent: string[] = [];
  page.on("request", (request) => request.method() === "POST" && sent.push(request.url()));
  await page.goto("/");
  await page
    .locator("input[type=file]")
    .last()
    .setInputFiles({ name: "photo.jpg", mimeType: "image/jpeg", buffer: Buffer.from("not a photo") });
  await expect(page.getByText("사진이 아닌 것 같아요", { exact: true })).toBeVisible();
  await expect(page.getByRole("alert")).toContainText("JPEG, PNG, WebP, HEIC");
  await expectAccessible(page);
  expect(sent).toEqual([]);
});

test("photos taken without a network wait, survive a reload, and are sent when it is back", async ({
  page,
  context,
  complaints,
}) => {
  await page.goto("/");
  await page.evaluate(() => navigator.serviceWorker.ready);
  await page.reload(); // from now on the service worker answers
  const first = await drawn(page, 21);
  const second = await drawn(page, 22);
  await context.setOffline(true);
  for (const [index, picture] of [first, second].entries()) {
    await page.locator("input[type=file]").last().setInputFiles(picture);
    await expect(page.getByRole("img", { name: `보낼 사진 ${index + 1}` })).toBeVisible();
  }
  await expect(page.getByText("연결되면 바로 보낼게요", { exact: true })).toHaveCount(2);
  await expectAccessible(page);
  await page.reload();
  await expect(page.getByRole("img", { name: /^보낼 사진/ })).toHaveCount(2);
  await context.setOffline(false);
  await expect(page.getByText(/답이 나왔어요/).last()).toBeVisible();
  await expect(page.getByRole("img", { name: /^보낼 사진/ })).toHaveCount(0);
  await expectHistory(page, 2);
  complaints.length = 0; // requests that could not be sent
});

/** Milliseconds after which a person has been kept waiting, on a machine that does other things, too. */
const KEPT_WAITING = 5_000;

test("a photo that waited has its first status soon after the network is back", async ({
  page,
  context,
  complaints,
}) => {
  await page.goto("/");
  await context.setOffline(true);
  await hand(page, 23);
  await expect(page.getByRole("img", { name: "보낼 사진 1" })).toBeVisible();
  const status = page.waitForResponse((response) => response.url().includes("/waste/status/"));
  const sent = page.waitForResponse((response) => response.url().includes("/upload-complete/"));
  await context.setOffline(false);
  await sent;
  const handedOver = Date.now();
  await status;
  expect(Date.now() - handedOver).toBeLessThan(KEPT_WAITING);
  await expect(
    page.getByRole("region", { name: "알림" }).getByText("사진 1장의 답이 나왔어요."),
  ).toBeVisible();
  complaints.length = 0; // requests that could not be sent
});

test("a server that comes back without the browser noticing is found by itself", async ({
  page,
  complaints,
}) => {
  await page.goto("/");
  await page.route("**/api/v1/waste/analyze", (route) => route.abort());
  let tries = 0;
  page.on("requestfailed", (request) => request.url().endsWith("/analyze") && (tries += 1));
  await hand(page, 24);
  await expect.poll(() => tries).toBeGreaterThan(4);
  const sent = page.waitForResponse((response) => response.url().endsWith("/analyze"));
  const back = Date.now();
  await page.unroute("**/api/v1/waste/analyze");
  await sent;
  expect(Date.now() - back).toBeLessThan(KEPT_WAITING);
  await expect(
    page.getByRole("region", { name: "알림" }).getByText("사진 1장의 답이 나왔어요."),
  ).toBeVisible();
  complaints.length = 0;
});

test("a photo that waits is sent once, however many tabs are open", async ({ page, context, complaints }) => {
  await page.goto("/");
  await context.setOffline(true);
  await hand(page, 30);
  await expect(page.getByRole("img", { name: "보낼 사진 1" })).toBeVisible();
  await context.route("**/api/v1/waste/analyze", (route) => route.abort());
  await context.setOffline(false);
  const other = await context.newPage();
  await other.goto("/");
  await expect(other.getByRole("img", { name: "보낼 사진 1" })).toBeVisible();
  let jobs = 0;
  context.on("response", (response) => response.url().endsWith("/analyze") && (jobs += 1));
  await context.unroute("**/api/v1/waste/analyze");
  await expect.poll(() => jobs).toBe(1);
  for (const tab of [page, other]) await expect(tab.getByText(/(바로|다시) 보낼게요$/)).toHaveCount(0);
  expect(jobs).toBe(1);
  await expectHistory(page, 1);
  complaints.length = 0;
});

test("a photo removed without a network is removed from the platform when it is back", async ({
  page,
  context,
  complaints,
}) => {
  await page.route("**/api/v1/objects/**", (route) => route.abort());
  await page.goto("/");
  await hand(page, 31);
  await expect(page).toHaveURL(/\/answers\//);
  await page.getByRole("link", { name: "코치", exact: true }).click();
  await expect(page.getByRole("img", { name: "보낼 사진 1" })).toBeVisible();
  await context.setOffline(true);
  await page.getByRole("button", { name: "보낼 사진 1 지우기" }).click();
  await expect(page.getByRole("img", { name: /^보낼 사진/ })).toHaveCount(0);
  const told = page.waitForResponse((response) => response.request().method() === "DELETE");
  await context.setOffline(false);
  expect((await told).ok()).toBe(true);
  await expectHistory(page, 0);
  complaints.length = 0;
});

test("several photos chosen at once are all sent", async ({ page }) => {
  let sent = 0;
  page.on("response", (response) => response.url().includes("/upload-complete/") && (sent += 1));
  await page.goto("/");
  await page
    .locator("input[type=file]")
    .last()
    .setInputFiles([await drawn(page, 32), await drawn(page, 33), await drawn(page, 34)]);
  await expect(page.getByRole("region", { name: "알림" })).toContainText("사진 3장을 보내요.");
  await asked(page);
  await expect.poll(() => sent).toBe(3); // who leaves before cuts off what is on its way
  await expect(async () => {
    await expectHistory(page, 3);
  }).toPass();
});

test("a busy platform is waited for as long as it asks", async ({ page, complaints }) => {
  await page.route("**/api/v1/waste/analyze", (route) =>
    route.fulfill({
      status: 503,
      headers: { "Retry-After": "3", "Content-Type": "application/problem+json" },
      body: JSON.stringify({ type: "about:blank", title: "", status: 503, code: "unavailable", detail: "" }),
    }),
  );
  await page.goto("/");
  await hand(page, 23);
  await expect(page.getByText(/\d초 뒤에 다시 보낼게요/)).toBeVisible();
  await expectAccessible(page);
  await page.unroute("**/api/v1/waste/analyze");
  await page.getByRole("link", { name: "보러 가기" }).click();
  await asked(page);
  complaints.length = 0;
});

test("an upload that a reload cut off goes on", async ({ page, complaints }) => {
  await page.route("**/api/v1/objects/**", (route) => route.abort());
  await page.goto("/");
  const cut = page.waitForEvent("requestfailed", (request) => request.url().includes("/api/v1/objects/"));
  await hand(page, 24);
  await expect(page).toHaveURL(/\/answers\//);
  await cut;
  await page.unroute("**/api/v1/objects/**");
  await page.reload();
  await asked(page);
  complaints.length = 0;
});

test("a platform that goes away while it looks is waited for", async ({ page, complaints }) => {
  let away = true;
  await withoutSocket(page);
  await page.route("**/api/v1/waste/status/**", (route) => (away ? route.abort() : route.continue()));
  await page.goto("/");
  await hand(page, 25);
  await expect(page.getByText("연결이 끊겼어요. 이어지면 계속할게요.")).toBeVisible();
  await expectAccessible(page);
  away = false;
  await asked(page);
  complaints.length = 0;
});

/** Lets the socket never connect, so that the status comes by requests only. */
async function withoutSocket(page: Page): Promise<void> {
  await page.route("**/socket.io/**", (route) => route.abort());
  await page.routeWebSocket(/\/socket\.io\//, (socket) => void socket.close());
}

test("where no stream comes through, the answer comes by asking", async ({ page, complaints }) => {
  await withoutSocket(page);
  await page.route("**/events", (route) =>
    route.fulfill({ status: 200, contentType: "text/event-stream", body: "" }),
  );
  const questions: string[] = [];
  page.on("request", (request) => {
    if (/\/waste\/status\/[^/]+$/.test(request.url())) questions.push(request.url());
  });
  await page.goto("/");
  await hand(page, 26);
  await asked(page);
  expect(questions).not.toEqual([]);
  complaints.length = 0;
});

test("one can think better of it", async ({ page, complaints }) => {
  await withoutSocket(page);
  await page.route("**/waste/status/**", () => undefined); // never answers
  await page.goto("/");
  await hand(page, 27);
  await expect(page).toHaveURL(/\/answers\//);
  const job = page.url().split("/").at(-1) ?? "";
  const forgotten = page.waitForResponse(
    (response) => response.request().method() === "DELETE" && response.url().endsWith(`/jobs/${job}`),
  );
  await page.getByRole("button", { name: "그만두기" }).click();
  expect((await forgotten).ok()).toBe(true);
  await expect(page).toHaveURL("/");
  await expect(page.getByRole("region", { name: "알림" })).toContainText("분석을 그만두었어요.");
  await expect(page.getByRole("img", { name: /^보낼 사진/ })).toHaveCount(0);
  await expectHistory(page, 0);
  complaints.length = 0; // a job that is removed at once is missing at the second word
});

test("an answer that is gone says so", async ({ page, complaints }) => {
  await page.goto("/answers/01939f1e-5f0c-7c2f-9f3e-0d5b7c3b9a10");
  await expect(page.getByText("이 답변은 더 이상 없어요").last()).toBeVisible();
  await expectAccessible(page);
  complaints.length = 0;
});

test("a failed analysis names its reason, and the same photo can be tried again", async ({
  page,
  complaints,
}) => {
  await withoutSocket(page);
  await page.route("**/waste/status/**", (route) => {
    const [, job_id = "", events] = /status\/([^/]+)(\/events)?$/.exec(route.request().url()) ?? [];
    const status = {
      job_id,
      status: "failed",
      progress: -1,
      stage: "failed",
      message: "여러 번 시도했지만 끝내지 못했어요.",
      code: "gave_up",
      retryable: true,
    };
    if (!events) return route.fulfill({ status: 200, json: status });
    return route.fulfill({
      status: 200,
      contentType: "text/event-stream",
      body: `event: status\ndata: ${JSON.stringify(status)}\n\n`,
    });
  });
  await page.goto("/");
  await hand(page, 28);
  await expect(page.getByText("여러 번 시도했지만 끝내지 못했어요.").first()).toBeVisible();
  await expect(page.getByText("오류 이름: gave_up")).toBeVisible();
  await expectAccessible(page);
  await page.unroute("**/waste/status/**");
  await page.getByRole("button", { name: "같은 사진으로 다시" }).click();
  await asked(page);
  complaints.length = 0;
});
