import type { Page } from "@playwright/test";
import {
  EMAIL,
  PASSWORD,
  askForAccount,
  field,
  newAddress,
  onAnotherDevice,
  password,
  press,
  refusal,
  register,
  toasts,
  typePassword,
  withPasskeys,
  withoutFillingIn,
} from "./support/account";
import { asked, hand } from "./support/coach";
import { codeFor, linkFor } from "./support/mail";
import {
  expect,
  expectAccessibleInEveryScheme,
  expectNoSidewaysScroll,
  expectTouchable,
  expectWholeWords,
  keep,
  test,
} from "./support/test";

const stored = (page: Page) =>
  page.evaluate(() => JSON.stringify([Object.entries(localStorage), Object.entries(sessionStorage)]));

test("a guest becomes an account, signs out and in again, and keeps what they asked", async ({
  page,
  complaints,
}) => {
  const address = newAddress();
  await hand(page, 61);
  await asked(page);
  await register(page, address);
  expect(await stored(page)).not.toMatch(/refresh|eyJ/); // no token where scripts of a later visit could read it
  await page.goto("/me/history");
  await expect(page.locator("main li img")).toHaveCount(1);

  await page.goto("/account");
  await press(page, "로그아웃");
  await expect(page.getByRole("region", { name: "알림" })).toContainText("로그아웃했어요.");
  await page.goto("/me/history");
  await expect(page.getByRole("main").getByRole("listitem")).toHaveCount(0);

  await page.goto("/account/sign-in");
  await field(page, EMAIL).fill(address);
  await password(page, "비밀번호").fill("이 비밀번호는 아니에요");
  await press(page, "로그인");
  await expect(page.getByText("주소나 비밀번호가 맞지 않아요.").last()).toBeVisible();
  await password(page, "비밀번호").fill(PASSWORD);
  await press(page, "로그인");
  await expect(page.getByRole("heading", { name: "로그인된 기기" })).toBeVisible();
  await page.goto("/me/history");
  await expect(page.locator("main li img")).toHaveCount(1);
  complaints.length = 0; // the wrong password
});

test("what changes an account asks once more who is there", async ({ page, complaints }) => {
  const [address, other] = [newAddress(), newAddress()];
  await keep(page, { name: "초록이" });
  await register(page, address);
  await page.route(
    "**/api/v1/auth/change-email",
    (route) => route.fulfill(refusal(403, "reauthentication_needed")),
    { times: 1 },
  );
  await page.goto("/account/security");
  await field(page, "새 이메일").fill(other);
  await press(page, "코드 받기");
  const dialog = page.getByRole("dialog", { name: "본인인지 확인할게요" });
  await dialog.getByLabel("비밀번호", { exact: true }).fill(PASSWORD);
  await dialog.getByRole("button", { name: "확인" }).click();
  await field(page, "코드").fill(await codeFor(page.request, other, "분리"));
  await press(page, "확인");
  await expect(page.getByRole("region", { name: "알림" })).toContainText("이메일을 바꿨어요.");
  await page.goto("/account");
  await expect(page.getByText("이메일을 바꿨어요", { exact: true })).toBeVisible(); // among what happened
  complaints.length = 0; // the answer that we made
});

test("a code takes a guest to another device, and shows first whom it opens", async ({
  page,
  browser,
  baseURL,
}) => {
  await keep(page, { name: "초록 두루미" });
  await hand(page, 62);
  await asked(page);
  await page.goto("/account/device");
  await press(page, "코드 만들기");
  const words = page.getByRole("group", { name: "낱말 열두 개와 QR 코드" }).getByRole("listitem");
  await expect(words).toHaveCount(12);
  await expect(page.getByRole("img", { name: "다른 기기의 카메라로 찍는 QR 코드" })).toBeVisible();
  await expectAccessibleInEveryScheme(page);
  const typed = (await words.allTextContents()).join(" ");

  const device = await browser.newContext({ ...(baseURL ? { baseURL } : {}), locale: "ko-KR" });
  const there = await device.newPage();
  await there.goto("/account/recover");
  await field(there, "낱말 열두 개").fill(typed);
  await press(there, "누구인지 보기");
  await expect(there.getByRole("heading", { name: "초록 두루미 님의 코드예요" })).toBeVisible();
  expect(await there.evaluate(() => localStorage.getItem("bunri.session"))).toBeNull(); // nothing was used yet
  await press(there, "이어서 쓰기");
  await expect(there.getByRole("region", { name: "알림" })).toContainText("초록 두루미 님으로 이어서 써요.");
  await there.goto("/me/history");
  await expect(there.locator("main li img")).toHaveCount(1);
  await device.close();
});

test("a link's secret leaves the address bar, and nothing happens before a button is pressed", async ({
  page,
}) => {
  const sent: string[] = [];
  page.on("request", (request) => {
    if (request.url().includes("/api/v1/auth/")) sent.push(request.url());
  });
  for (const name of ["confirm", "reset", "confirm-email", "undo-email", "recover"]) {
    await page.goto(`/account/${name}#${"a".repeat(43)}`);
    await expect(page.locator("main button[type=submit]")).toBeVisible();
    await expect(page).toHaveURL(new RegExp(`/account/${name}$`));
  }
  expect(sent).toEqual([]);
});

test("the links of mails confirm, reset and put back", async ({ page, baseURL, complaints }) => {
  test.slow();
  const [address, other] = [newAddress(), newAddress()];
  await keep(page, { name: "초록이" });
  const follow = async (to: string, name: string) => {
    const { path, code } = await linkFor(page.request, to, name);
    await page.goto(path);
    return code;
  };

  await page.goto("/account/register");
  await askForAccount(page, address);
  await follow(address, "confirm");
  await press(page, "확인하기");
  await expect(page.getByRole("heading", { name: "로그인된 기기" })).toBeVisible();

  await page.goto("/account/security");
  await field(page, "새 이메일").fill(other);
  await press(page, "코드 받기");
  await expect(field(page, "코드")).toBeVisible();
  await follow(other, "confirm-email");
  await press(page, "확인하기");
  await expect(page.getByRole("heading", { name: "이메일을 바꿨어요." })).toBeVisible();

  // Whoever it was is signed out everywhere when the old address puts itself back.
  const { device, there } = await onAnotherDevice(page, baseURL);
  const { path, code } = await linkFor(page.request, address, "undo-email");
  await there.goto(path);
  await field(there, "코드").fill(code);
  await press(there, "되돌리기");
  await expect(there.getByRole("heading", { name: /이전 이메일로 되돌렸어요/ })).toBeVisible();
  await device.close();
  await page.goto("/me/history");
  await expect(toasts(page)).toContainText("로그인이 끝나서 손님으로 이어 가요.");

  await page.goto("/account/forgot");
  await field(page, EMAIL).fill(address);
  await press(page, "코드 받기");
  await expect(field(page, "코드")).toBeVisible();
  await follow(address, "reset");
  await password(page, "새 비밀번호").fill("초록 유리병 열 개째");
  await press(page, "비밀번호 바꾸기");
  await expect(page.getByRole("heading", { name: /새 비밀번호를 정했어요/ })).toBeVisible();
  await page.goto("/account/sign-in");
  await typePassword(page, address, "초록 유리병 열 개째");
  await expect(page.getByRole("heading", { name: "로그인된 기기" })).toBeVisible();
  complaints.length = 0; // the session that was over
});

test.describe("everybody can use", () => {
  const PATHS = [
    "/account",
    "/account/register",
    "/account/sign-in",
    "/account/passkey",
    "/account/signed-in",
    "/account/signed-in#provider=naver&error=access_denied&state=s",
    "/account/forgot",
    "/account/confirm#a",
    "/account/confirm-email#a",
    "/account/reset#a",
    "/account/undo-email#a",
    "/account/device",
    "/account/recover",
  ];
  const LANGUAGES = ["ko", "en"] as const;

  /** Colours and names of elements are the same in both languages: axe is asked in one. */
  async function expectUsable(page: Page, language: (typeof LANGUAGES)[number], name: string): Promise<void> {
    await expect(page.locator("main [aria-busy=true]:visible")).toHaveCount(0);
    for (const width of [360, 390, 1280]) {
      await page.setViewportSize({ width, height: 800 });
      await expectNoSidewaysScroll(page);
      await expectTouchable(page);
    }
    await page.setViewportSize({ width: 360, height: 800 });
    if (language === "ko") await expectAccessibleInEveryScheme(page);
    await page.evaluate(() => (document.documentElement.style.fontSize = "200%"));
    for (const width of [390, 360]) {
      await page.setViewportSize({ width, height: 800 });
      await expectNoSidewaysScroll(page);
      await expectWholeWords(page);
    }
    await page.screenshot({
      path: `test-results/large-${language}-${name.replaceAll(/\W+/g, "_")}.png`,
      fullPage: true,
    });
    await page.evaluate(() => (document.documentElement.style.fontSize = ""));
  }

  for (const language of LANGUAGES)
    test(`the pages of who has no account: ${language}`, async ({ page, complaints }) => {
      test.slow();
      await keep(page, { language });
      for (const path of PATHS) {
        await page.goto(path);
        await page.getByRole("heading", { level: 2 }).first().waitFor();
        await expectUsable(page, language, path);
      }
      complaints.length = 0; // the attempt to sign in elsewhere that was none
    });

  for (const language of LANGUAGES)
    test(`the pages of who has one: ${language}`, async ({ page, complaints }) => {
      test.slow();
      await keep(page, { name: "초록이" });
      await withPasskeys(page);
      await withoutFillingIn(page);
      const address = newAddress();
      await register(page, address);
      await page.goto("/account/security");
      await press(page, "패스키 추가");
      await expect(toasts(page)).toContainText("패스키를 추가했어요.");
      await page.evaluate((language) => {
        const kept = JSON.parse(localStorage.getItem("bunri.preferences") ?? "{}") as object;
        localStorage.setItem("bunri.preferences", JSON.stringify({ ...kept, language }));
        localStorage.setItem("bunri.unsent", JSON.stringify(["language"])); // chosen just now: the profile follows
      }, language);
      const button = (ko: string, en: string) =>
        page.getByRole("button", { name: language === "ko" ? ko : en, exact: true });

      await page.goto("/account");
      await page.getByRole("listitem").nth(4).waitFor();
      await expectUsable(page, language, "own");
      await page.goto("/account/security");
      await button("복구 코드 만들기", "Make recovery codes").click();
      await expect(page.locator("main ol > li")).toHaveCount(10);
      await button("인증 앱 추가", "Add an authenticator app").click();
      await page.locator("main code").waitFor();
      await page.getByRole("button", { name: language === "ko" ? /^지우기: / : /^Remove: / }).click();
      await expectUsable(page, language, "security");

      await page.route("**/api/v1/auth/change-email", (route) =>
        route.fulfill(refusal(403, "reauthentication_needed")),
      );
      await page
        .getByRole("textbox", { name: language === "ko" ? "새 이메일" : "New e-mail" })
        .fill("a@b.kr");
      await page
        .getByRole("textbox", { name: language === "ko" ? "새 이메일" : "New e-mail" })
        .press("Enter");
      await page.getByRole("dialog").getByRole("button").nth(2).waitFor();
      await expectUsable(page, language, "dialog");
      await page.getByRole("dialog").getByRole("button").last().click();

      await page.goto("/account");
      await button("로그아웃", "Sign out").click();
      await page.waitForURL(/\/me$/);
      await page.goto("/account/sign-in");
      await page.getByRole("textbox").first().fill(address);
      await page.locator("input[type=password]").fill(PASSWORD);
      await button("로그인", "Sign in").click();
      await button("패스키로 확인", "Confirm by passkey").waitFor();
      await expectUsable(page, language, "second");
      complaints.length = 0; // the answer that we made
    });
});
