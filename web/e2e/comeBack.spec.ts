import {
  EMAIL,
  askForAccount,
  field,
  newAddress,
  press,
  refusal,
  register,
  signOut,
  toasts,
  typePassword,
} from "./support/account";
import { GLASS, asked, hand } from "./support/coach";
import { codeFor } from "./support/mail";
import { deny, newNaverPerson } from "./support/providers";
import { expect, keep, test } from "./support/test";

test("the question and the photo at hand are there after signing in", async ({ page, complaints }) => {
  test.slow();
  const address = newAddress();
  await keep(page, { name: "초록이" });
  await register(page, address);
  await signOut(page);

  await hand(page, 81);
  await asked(page);
  const answer = page.url();
  await page.getByRole("link", { name: "로그인하거나 계정 만들기" }).click();
  await page.getByRole("link", { name: /^로그인/ }).click();
  await typePassword(page, address);
  await expect(page).toHaveURL(answer);
  await asked(page);
  await page.getByRole("button", { name: GLASS }).click();
  await expect(page.getByText("하나만 여쭤볼게요")).toHaveCount(0);
  await page.reload();
  await expect(page.getByRole("article")).toBeVisible();
  await page.goto("/me/history");
  await expect(page.locator("main li img")).toHaveCount(1);

  // A photo that could not be sent yet belongs to who is signed in when it is.
  await signOut(page);
  await page.route("**/api/v1/waste/analyze", (route) => route.abort());
  await hand(page, 82);
  const waiting = page.getByRole("region", { name: "보낼 사진" }).getByRole("listitem");
  await expect(waiting).toHaveCount(1);
  await page.goto("/account/sign-in?next=/");
  await typePassword(page, address);
  await expect(page).toHaveURL(/\/$/);
  await expect(waiting).toHaveCount(1);
  await page.unroute("**/api/v1/waste/analyze");
  await expect(waiting).toHaveCount(0, { timeout: 60_000 }); // it was sent, and has its answer
  await page.goto("/me/history");
  await expect(page.locator("main li img")).toHaveCount(2);
  complaints.length = 0; // the photo that could not be sent
});

test("who registers from the settings comes back to them, and nobody is led to another site", async ({
  page,
}) => {
  const address = newAddress();
  await keep(page, { name: "초록이" });
  await page.goto("/me/settings");
  await page.getByRole("link", { name: "로그인", exact: true }).click();
  await page.getByRole("link", { name: "계정 만들기", exact: true }).click();
  await askForAccount(page, address);
  await field(page, "코드").fill(await codeFor(page.request, address, "분리"));
  await press(page, "확인");
  await expect(page).toHaveURL(/\/me\/settings$/);
  await signOut(page);
  for (const next of ["//evil.example", "/%5Cevil.example", "https:evil.example"]) {
    await page.goto(`/account/sign-in?next=${encodeURIComponent(next)}`);
    await typePassword(page, address);
    await expect(page).toHaveURL(/\/account$/);
    await signOut(page);
  }
});

test("a session that ended says so, and leads to signing in and back", async ({ page, complaints }) => {
  const address = newAddress();
  await keep(page, { name: "초록이" });
  await register(page, address);
  await page.context().clearCookies({ name: "bunri-refresh" });
  await page.goto("/me/history");
  await toasts(page).getByRole("button", { name: "로그인" }).click();
  await typePassword(page, address);
  await expect(page).toHaveURL(/\/me\/history$/);
  complaints.length = 0; // the session that was over
});

test("signing in elsewhere leads back to where the person was, whatever comes of it", async ({
  page,
  complaints,
}) => {
  test.slow();
  const address = newAddress();
  await newNaverPerson(page.request, address);
  await keep(page, { name: "초록이" });
  await hand(page, 83);
  await asked(page);
  const answer = page.url();
  await page.getByRole("link", { name: "로그인하거나 계정 만들기" }).click();
  await page.getByRole("link", { name: /^로그인/ }).click();

  await deny(page.request, true);
  await page.getByRole("link", { name: "네이버 계정으로 로그인" }).click();
  await expect(page.getByRole("heading", { name: "로그인을 그만두었어요" })).toBeVisible();
  await expect(page).toHaveURL(/\/account\/signed-in$/); // what came back stands in no history
  await deny(page.request, false);
  await press(page, "네이버 다시 시도");
  await expect(page).toHaveURL(answer);
  await asked(page);
  await expect(toasts(page)).toContainText("반가워요");

  // The same person, who is a guest with another question, and leaves a page whose name is no plain path.
  await signOut(page);
  await hand(page, 84);
  await asked(page);
  await page.route(
    "**/api/v1/waste/status/*", // what the guest asked comes along a moment later
    (route) => route.fulfill(refusal(404, "job_missing")),
    { times: 2 },
  );
  await page.goto(
    "/account/sign-in?" +
      new URLSearchParams({ next: `${new URL(page.url()).pathname}?q=%EB%B3%91` }).toString(),
  );
  await page.getByRole("link", { name: "네이버 계정으로 로그인" }).click();
  await expect(page).toHaveURL(/\/answers\/.*\?q=%EB%B3%91$/);
  await asked(page);
  await page.goto("/me/history");
  await expect(page.locator("main li img")).toHaveCount(2);

  // An answer that belongs to no attempt of ours.
  await page.goto("/account/signed-in#provider=naver&code=1&state=" + "s".repeat(43));
  await expect(page.getByRole("heading", { name: "로그인하지 못했어요" })).toBeVisible();
  await press(page, "보던 화면으로");
  await expect(page.getByRole("heading", { name: "로그인된 기기" })).toBeVisible(); // still signed in
  complaints.length = 0; // what was refused
});

test("an address that has an account is not given to who comes from elsewhere with it", async ({
  page,
  complaints,
}) => {
  const address = newAddress();
  await keep(page, { name: "초록이" });
  await register(page, address);
  await signOut(page);
  await newNaverPerson(page.request, address); // Naver verifies no address
  await page.goto("/account/sign-in");
  await page.getByRole("link", { name: "네이버 계정으로 로그인" }).click();
  await expect(page.getByText(/먼저 비밀번호로 로그인한 뒤/)).toBeVisible();
  await page.getByRole("link", { name: "비밀번호로 로그인" }).click();
  await expect(field(page, EMAIL)).toBeVisible();
  await typePassword(page, address);
  await expect(page.getByRole("heading", { name: "로그인 방법" })).toBeVisible();
  await page.getByRole("link", { name: "네이버 계정 추가" }).click();
  await expect(toasts(page)).toContainText("이제 네이버 계정으로도 로그인할 수 있어요.");
  await expect(page).toHaveURL(/\/account\/security$/);
  complaints.length = 0; // what was refused
});
