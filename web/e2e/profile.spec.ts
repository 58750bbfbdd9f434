import { readFile } from "node:fs/promises";
import type { Page } from "@playwright/test";
import { GLASS, hand } from "./support/coach";
import { codeFor } from "./support/mail";
import { cut, drawn } from "./support/pictures";
import {
  expect,
  expectAccessibleInEveryScheme,
  expectNoSidewaysScroll,
  expectTouchable,
  expectWholeWords,
  keep,
  tabTo,
  test,
} from "./support/test";
import { unzip } from "./support/unzip";

const PASSWORD = "초록 유리병 아홉 개";
const newAddress = () => `leaver-${Date.now() % 1e5}-${Math.random().toString(36).slice(2, 8)}@example.org`;

const toasts = (page: Page) => page.getByRole("region", { name: "알림", exact: true });
const press = (page: Page, name: string) => page.getByRole("button", { name, exact: true }).click();
const field = (page: Page, name: string) => page.getByRole("textbox", { name, exact: true });
const kept = (page: Page) => page.evaluate(() => Object.keys(localStorage).sort());

async function register(page: Page, address: string): Promise<void> {
  await page.goto("/account/register");
  await field(page, "이메일").fill(address);
  await page.getByLabel("새 비밀번호", { exact: true }).fill(PASSWORD);
  await press(page, "코드 받기");
  await field(page, "코드").fill(await codeFor(page.request, address, "분리"));
  await press(page, "확인");
  await expect(page.getByRole("heading", { name: "로그인된 기기" })).toBeVisible();
}

async function signIn(page: Page, address: string): Promise<void> {
  await page.goto("/account/sign-in");
  await field(page, "이메일").fill(address);
  await page.getByLabel("비밀번호", { exact: true }).fill(PASSWORD);
  await press(page, "로그인");
  await expect(page.getByRole("heading", { name: "로그인된 기기" })).toBeVisible();
}

/** What pages.spec.ts asks of the pages of guests: everywhere it fits, is read out and can be touched; then in letters twice as large. */
async function expectUsable(page: Page, picture: string): Promise<void> {
  await page.screenshot({ path: `test-results/${picture}.png`, fullPage: true });
  for (const width of [360, 768, 1280]) {
    await page.setViewportSize({ width, height: 800 });
    await expectNoSidewaysScroll(page);
    await expectTouchable(page);
  }
  await page.setViewportSize({ width: 360, height: 800 });
  await expectAccessibleInEveryScheme(page);
  await page.screenshot({ path: `test-results/${picture}-dark.png`, fullPage: true });
  await page.evaluate(() => (document.documentElement.style.fontSize = "200%"));
  await expectNoSidewaysScroll(page);
  await page.screenshot({ path: `test-results/${picture}-large.png`, fullPage: true });
  await expectWholeWords(page);
  await page.evaluate(() => (document.documentElement.style.fontSize = ""));
}

test("a guest says who they are, and another device of theirs follows", async ({
  page,
  browser,
  baseURL,
  complaints,
}) => {
  test.slow();
  await keep(page, { name: "초록이" });
  await page.goto("/account/profile");
  await expect(field(page, "부를 이름")).toHaveValue("초록이");
  await field(page, "부를 이름").fill("초록 두루미");
  await press(page, "이름 저장");
  await expect(toasts(page)).toContainText("이름을 저장했어요.");

  const files = page.locator("input[type=file]");
  await files.setInputFiles(cut(await drawn(page, 71)));
  await expect(page.getByRole("alert").filter({ hasText: "사진이 잘렸거나 손상됐어요" })).toBeVisible();
  await files.setInputFiles(await drawn(page, 71));
  const picture = page.getByRole("img", { name: "내 프로필 사진" });
  await expect(picture).toBeVisible();
  await expect.poll(() => picture.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBe(256);

  await page.getByRole("combobox", { name: "지역" }).selectOption({ index: 1 });
  const region = await page.getByRole("combobox", { name: "지역" }).inputValue();
  await field(page, "건물").fill("한빛아파트 3동");
  await press(page, "건물 저장");
  await expect(toasts(page)).toContainText("건물을 저장했어요.");
  await page.getByRole("combobox", { name: "하루 한 번 알림" }).selectOption("20");
  await expect(toasts(page)).toContainText("알림 시각을 저장했어요.");
  await tabTo(page, "combobox", "다른 시간대 찾기");
  await page.keyboard.type("berl");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await expect(page.getByText("시간대: Europe/Berlin", { exact: false })).toBeVisible();
  await expect
    .poll(() => page.evaluate(() => localStorage.getItem("bunri.unsent")), "what was chosen is sent")
    .toBeNull();

  await page.goto("/account/device");
  await press(page, "코드 만들기");
  const words = page.getByRole("group", { name: "낱말 열두 개와 QR 코드" }).getByRole("listitem");
  await expect(words).toHaveCount(12);
  const device = await browser.newContext({ ...(baseURL ? { baseURL } : {}), locale: "ko-KR" });
  const there = await device.newPage();
  await there.goto("/account/recover");
  await field(there, "낱말 열두 개").fill((await words.allTextContents()).join(" "));
  await press(there, "누구인지 보기");
  await press(there, "이어서 쓰기");
  await expect(toasts(there)).toContainText("초록 두루미 님으로 이어서 써요.");
  await there.goto("/me/settings");
  await expect(there.getByRole("combobox", { name: "지역" })).toHaveValue(region);
  await there.goto("/account/profile");
  await expect(field(there, "건물")).toHaveValue("한빛아파트 3동");
  await expect(there.getByRole("img", { name: "내 프로필 사진" })).toBeVisible();
  await device.close();
  complaints.length = 0; // the picture that was cut off, on engines that say so
});

test("an account takes everything with it and leaves, and signing in keeps it", async ({
  page,
  browser,
  baseURL,
}) => {
  test.slow();
  const address = newAddress();
  await keep(page, { name: "초록이" });
  await hand(page, 72);
  await page.getByRole("button", { name: GLASS }).click();
  await expect(page.getByRole("button", { name: "맞아요", exact: true })).toBeVisible();
  await register(page, address);
  await page.goto("/account/profile");
  await page.locator("input[type=file]").setInputFiles(await drawn(page, 73));
  await expect(page.getByRole("img", { name: "내 프로필 사진" })).toBeVisible();
  const reviews = page.getByRole("switch", { name: "복습할 카드" });
  await reviews.check();
  await page.reload();
  await expect(reviews).toBeChecked();
  await expectUsable(page, "profile-account");

  await page.goto("/account");
  await page.getByRole("link", { name: /^모두 파일로 받기/ }).click();
  await press(page, "파일 만들기");
  const link = page.getByRole("link", { name: /^파일 받기/ });
  await expect(link).toBeVisible({ timeout: 30_000 });
  await expectUsable(page, "export-ready");
  const [download] = await Promise.all([page.waitForEvent("download"), link.click()]);
  const archive = unzip(await readFile(await download.path()));
  const json = (name: string) =>
    JSON.parse(archive.get(name)?.toString() ?? "null") as Record<string, unknown>;
  expect(json("auth.json")).toMatchObject({ name: "초록이", email: address });
  expect(json("users.json")).toMatchObject({ mails: ["reviews"] });
  expect(json("waste.json").analyses).toHaveLength(1);
  const pictures = [...archive].filter(([name]) => name.includes("/"));
  expect(pictures.map(([name]) => name.replace(/\/.*/, "/")).sort()).toEqual(["avatars/", "kept/"]);
  for (const name of archive.keys())
    expect(archive.get("README.txt")?.toString()).toContain(
      name.replace(/\/.*/, "/").replace("README.txt", ""),
    );
  for (const [, picture] of pictures) expect(picture.subarray(8, 12).toString()).toBe("WEBP");
  await page.reload(); // it is still there for a day
  await expect(link).toBeVisible();
  await press(page, "파일 지우기");
  await expect(link).toHaveCount(0);

  await page.goto("/account/leave");
  await press(page, "계정 지우기");
  await expect(page.getByRole("group", { name: "정말 계정을 지울까요?", exact: false })).toBeFocused();
  await press(page, "그만두기");
  await press(page, "계정 지우기");
  await press(page, "네, 떠날게요");
  await expect(page.getByRole("heading", { name: "안녕히 가세요" })).toBeVisible();
  await page.screenshot({ path: "test-results/farewell.png" });
  await expectAccessibleInEveryScheme(page);
  expect((await kept(page)).filter((name) => name !== "bunri.preferences")).toEqual([]);
  expect((await page.context().cookies()).map(({ name }) => name)).toEqual([]);
  await page.goto("/account/export");
  await expect(page.getByRole("heading", { name: "저장된 것이 없어요" })).toBeVisible();

  const other = await browser.newContext({ ...(baseURL ? { baseURL } : {}), locale: "ko-KR" });
  const back = await other.newPage();
  await signIn(back, address);
  await back.goto("/account/profile");
  await expect(back.getByRole("img", { name: "내 프로필 사진" })).toBeVisible();
  await expect(back.getByText("계정 지우기를 요청했어요")).toHaveCount(0);
  await other.close();
});

test("a mail's address changes nothing by being opened, and says so where it is not complete", async ({
  page,
  complaints,
}) => {
  const posted: string[] = [];
  page.on("request", (request) => {
    if (request.method() === "POST") posted.push(new URL(request.url()).pathname);
  });
  await page.goto(`/api/v1/users/unsubscribe?token=${"a".repeat(43)}`);
  await expect(page.getByRole("button", { name: "그만 받기" })).toBeVisible();
  await expect(page).toHaveURL(/\/account\/unsubscribe$/);
  expect(posted).toEqual([]);
  await press(page, "그만 받기");
  await expect(page.getByText("주소가 온전하지 않아요", { exact: false }).last()).toBeVisible();
  expect(posted).toEqual(["/api/v1/users/unsubscribe"]);
  complaints.length = 0; // the refusal
});
