import type { Page } from "@playwright/test";
import {
  EMAIL,
  PASSWORD,
  field,
  newAddress,
  onAnotherDevice,
  password,
  press,
  refusal,
  register,
  signOut,
  toasts,
  totp,
  typePassword,
  withoutFillingIn,
  withPasskeys,
} from "./support/account";
import { asked, hand } from "./support/coach";
import { codeFor } from "./support/mail";
import { expect, keep, test } from "./support/test";

const heading = (page: Page, name: string) => page.getByRole("heading", { name, exact: true });

/** The platform says once that it is too long ago that the person showed who they are. */
async function longAgo(page: Page, path: string): Promise<void> {
  await page.route(path, (route) => route.fulfill(refusal(403, "reauthentication_needed")), { times: 1 });
}

test("a guest becomes an account by a passkey, and finds the scan on another device by it", async ({
  page,
  baseURL,
  complaints,
}) => {
  test.slow();
  const keys = await withPasskeys(page);
  await hand(page, 71);
  await asked(page);
  await page.goto("/account");
  await page.getByRole("link", { name: /패스키로 계정 만들기/ }).click();
  await field(page, "패스키 이름").fill("초록 전화");
  await keys.unlock(false);
  await press(page, "패스키 만들기");
  await expect(page.getByRole("alert").filter({ hasText: "패스키 확인을 그만두었거나" })).toBeVisible();
  await keys.unlock(true);
  await press(page, "패스키 만들기");
  await expect(heading(page, "로그인 방법")).toBeVisible();
  await expect(page.getByRole("listitem").filter({ hasText: "초록 전화" })).toContainText("아직 쓰지 않음");
  await press(page, "패스키 추가");
  await expect(page.getByText("이 기기에는 이미 패스키가 있어요.")).toBeVisible();

  let carried = await keys.passkeys(); // with its counter, which grows with each use
  for (const by of ["field", "button"]) {
    const { device, there } = await onAnotherDevice(page, baseURL);
    if (by === "button") await withoutFillingIn(there);
    const theirs = await withPasskeys(there);
    for (const passkey of carried) await theirs.add(passkey);
    await there.goto("/account/sign-in?next=/me/history");
    if (by === "button") await press(there, "패스키로 로그인");
    await expect(there).toHaveURL(/\/me\/history$/);
    await expect(there.locator("main li img")).toHaveCount(1);
    carried = await theirs.passkeys();
    await device.close();
  }

  await page.reload();
  const entry = page.getByRole("listitem").filter({ hasText: "초록 전화" });
  await expect(entry).toContainText("마지막으로 쓴 때");
  await entry.getByRole("button", { name: "지우기: 초록 전화" }).click();
  await press(page, "지울게요");
  await expect(page.getByText(/이것 없이는 로그인할 수 없어요/).last()).toBeVisible(); // it is the only way in

  const address = newAddress();
  await field(page, "새 이메일").fill(address);
  await press(page, "코드 받기");
  await field(page, "코드").fill(await codeFor(page.request, address, "분리"));
  await press(page, "확인");
  await expect(toasts(page)).toContainText("이메일을 바꿨어요.");
  complaints.length = 0; // what was refused
});

test("an authenticator app and recovery codes are asked for beside the password", async ({
  page,
  complaints,
}) => {
  test.slow();
  const address = newAddress();
  await keep(page, { name: "초록이" });
  await register(page, address);
  await page.getByRole("link", { name: /패스키, 2단계 인증/ }).click();
  await press(page, "인증 앱 추가");
  await expect(page.getByRole("img", { name: "인증 앱으로 찍는 QR 코드" })).toBeVisible();
  const secret = (await page.locator("main code").textContent()) ?? "";
  await field(page, "인증 앱 코드").fill("000000");
  await press(page, "확인하고 켜기");
  await expect(page.getByText(/코드가 틀렸거나/).last()).toBeVisible();
  await field(page, "인증 앱 코드").fill(totp(secret));
  await press(page, "확인하고 켜기");
  await expect(toasts(page)).toContainText("인증 앱을 켰어요.");

  await press(page, "복구 코드 만들기");
  const codes = page.getByRole("group", { name: "복구 코드 열 개" }).getByRole("listitem");
  await expect(codes).toHaveCount(10);
  const [first = "", second = ""] = await codes.allTextContents();
  const saved = page.waitForEvent("download");
  await press(page, "파일로 저장");
  expect((await saved).suggestedFilename()).toBe("bunri-recovery-codes.txt");
  await page.reload();
  await expect(page.getByText("남은 코드: 10개")).toBeVisible();
  await expect(page.getByText(first)).toHaveCount(0);

  await signOut(page);
  await page.goto("/account/sign-in");
  await typePassword(page, address);
  await expect(heading(page, "한 번 더 확인할게요")).toBeVisible();
  await field(page, "인증 앱 코드").fill("000000");
  await press(page, "확인");
  await expect(page.getByText(/코드가 틀렸거나/).last()).toBeVisible();
  await field(page, "인증 앱 코드").fill(totp(secret, 1)); // each step works once, and the app was confirmed by the one before
  await press(page, "확인");
  await expect(heading(page, "로그인된 기기")).toBeVisible();

  await signOut(page);
  await page.goto("/account/sign-in");
  await typePassword(page, address);
  await press(page, "복구 코드 쓰기");
  await field(page, "복구 코드").fill(first.toLowerCase());
  await press(page, "확인");
  await expect(heading(page, "로그인된 기기")).toBeVisible();

  // Who is asked once more shows the second factor, too.
  await page.goto("/account/security");
  await expect(page.getByText("남은 코드: 9개")).toBeVisible();
  await longAgo(page, "**/api/v1/auth/totp?*");
  await press(page, "인증 앱 지우기");
  await press(page, "지울게요");
  const dialog = page.getByRole("dialog", { name: "본인인지 확인할게요" });
  await dialog.getByLabel("비밀번호", { exact: true }).fill(PASSWORD);
  await dialog.getByRole("button", { name: "복구 코드 쓰기" }).click();
  await dialog.getByRole("textbox", { name: "복구 코드" }).fill(second);
  await dialog.getByRole("button", { name: "확인", exact: true }).click();
  await expect(toasts(page)).toContainText("인증 앱을 지웠어요.");
  await expect(heading(page, "복구 코드")).toHaveCount(0); // they go with the last second factor
  await expect(page.getByRole("button", { name: "인증 앱 추가" })).toBeVisible();
  complaints.length = 0; // the wrong codes
});

test("a passkey is a second factor, shows once more who is there, and is removed", async ({
  page,
  complaints,
}) => {
  const address = newAddress();
  await withoutFillingIn(page);
  await withPasskeys(page);
  await keep(page, { name: "초록이" });
  await register(page, address);
  await page.goto("/account/security");
  await field(page, "패스키 이름").fill("책상");
  await press(page, "패스키 추가");
  await expect(toasts(page)).toContainText("패스키를 추가했어요.");

  await signOut(page);
  await page.goto("/account/sign-in");
  await typePassword(page, address);
  await expect(heading(page, "한 번 더 확인할게요")).toBeVisible();
  await press(page, "패스키로 확인");
  await expect(heading(page, "로그인된 기기")).toBeVisible();

  await page.goto("/account/security");
  await longAgo(page, "**/api/v1/auth/passkeys/*");
  await page.getByRole("button", { name: "지우기: 책상" }).click();
  await press(page, "지울게요");
  const dialog = page.getByRole("dialog", { name: "본인인지 확인할게요" });
  const show = dialog.getByRole("button", { name: "패스키로 확인" });
  await expect(show).toBeVisible();
  await expect(dialog.getByLabel("비밀번호", { exact: true })).toHaveCount(0); // alone it would not do
  await show.click();
  await expect(toasts(page)).toContainText("패스키를 지웠어요.");
  await expect(page.getByRole("button", { name: "지우기: 책상" })).toHaveCount(0);

  await signOut(page);
  await page.goto("/account/sign-in");
  await typePassword(page, address);
  await expect(heading(page, "로그인된 기기")).toBeVisible();
  complaints.length = 0; // the answer that we made
});

test("who took too long for the second factor begins again", async ({ page, complaints }) => {
  const address = newAddress();
  await page.route("**/api/v1/auth/login", (route) =>
    route.fulfill({
      status: 202,
      contentType: "application/json",
      body: JSON.stringify({ mfa: { ticket: "t".repeat(43), methods: ["totp"], expires_in: 600 } }),
    }),
  );
  await page.goto("/account/sign-in");
  await typePassword(page, address);
  await field(page, "인증 앱 코드").fill("123456");
  await press(page, "확인");
  await expect(page.getByText(/시간이 지났거나 너무 여러 번/).last()).toBeVisible();
  await expect(field(page, EMAIL)).toHaveValue(address);
  await expect(password(page, "비밀번호")).toBeVisible();
  complaints.length = 0; // the ticket that was none
});
