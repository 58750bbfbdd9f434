import { createHmac } from "node:crypto";
import { expect, type BrowserContext, type Page } from "@playwright/test";
import { codeFor } from "./mail";

export const PASSWORD = "초록 유리병 아홉 개";
export const EMAIL = "이메일";

/** An address that no other test has, nor this one at its next try. */
export const newAddress = () =>
  `person-${Date.now() % 1e5}-${Math.random().toString(36).slice(2, 8)}@example.org`;

/** The field and not the box that shows its password. */
export const field = (page: Page, name: string) => page.getByRole("textbox", { name, exact: true });
export const password = (page: Page, name: string) => page.getByLabel(name, { exact: true });
export const press = (page: Page, name: string) => page.getByRole("button", { name, exact: true }).click();
export const toasts = (page: Page) => page.getByRole("region", { name: "알림" });

/** Fills in what asks for an account, on the page where that is. */
export async function askForAccount(page: Page, address: string): Promise<void> {
  await field(page, EMAIL).fill(address);
  await password(page, "새 비밀번호").fill(PASSWORD);
  await expect(field(page, "부를 이름")).not.toHaveValue("");
  await press(page, "코드 받기");
  await expect(page.getByRole("heading", { name: "메일을 확인해 주세요" })).toBeVisible();
}

/** Makes an account by mail and ends on its page. */
export async function register(page: Page, address: string): Promise<void> {
  await page.goto("/account/register");
  await askForAccount(page, address);
  await field(page, "코드").fill(await codeFor(page.request, address, "분리"));
  await press(page, "확인");
  await expect(page.getByRole("heading", { name: "로그인된 기기" })).toBeVisible();
}

export async function signOut(page: Page): Promise<void> {
  await page.goto("/account");
  await press(page, "로그아웃");
  await expect(toasts(page)).toContainText("로그아웃했어요.");
}

/** Types address and password on the sign-in page, and sends them. */
export async function typePassword(page: Page, address: string, secret = PASSWORD): Promise<void> {
  await field(page, EMAIL).fill(address);
  await password(page, "비밀번호").fill(secret);
  await press(page, "로그인");
}

/** What the platform answers when it refuses something. */
export const refusal = (status: number, code: string) => ({
  status,
  contentType: "application/problem+json",
  body: JSON.stringify({ status, code, title: "", detail: "" }),
});

/** The code that an authenticator app shows `later` steps of 30 s from now (RFC 6238, SHA-1, six digits). */
export function totp(secret: string, later = 0): string {
  const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  const bits = Array.from(secret.replaceAll(/[^A-Z2-7]/g, ""))
    .map((letter) => letters.indexOf(letter).toString(2).padStart(5, "0"))
    .join("");
  const key = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => parseInt(byte, 2)));
  const step = Buffer.alloc(8);
  step.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + later));
  const hash = createHmac("sha1", key).update(step).digest();
  const number = hash.readUInt32BE((hash.at(-1) ?? 0) & 15) & 0x7fffffff;
  return String(number % 1_000_000).padStart(6, "0");
}

/** A device that keeps passkeys and is unlocked by itself: Chromium's virtual authenticator. */
export async function withPasskeys(page: Page) {
  const session = await page.context().newCDPSession(page);
  await session.send("WebAuthn.enable");
  const { authenticatorId } = await session.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      protocol: "ctap2",
      transport: "internal",
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  const passkeys = async () =>
    (await session.send("WebAuthn.getCredentials", { authenticatorId })).credentials;
  return {
    passkeys,
    /** Gives it a passkey that another of its owner's devices has. */
    add: async (credential: Awaited<ReturnType<typeof passkeys>>[number]) => {
      await session.send("WebAuthn.addCredential", { authenticatorId, credential });
    },
    /** Whether its owner unlocks it when asked. */
    unlock: async (isUserVerified: boolean) => {
      await session.send("WebAuthn.setUserVerified", { authenticatorId, isUserVerified });
    },
  };
}

/**
 * A browser that offers no passkeys in fields. Where it does, the virtual authenticator takes the offer by itself, before
 * anything else can be tried on a sign-in page.
 */
export async function withoutFillingIn(page: Page): Promise<void> {
  await page.addInitScript(() => {
    PublicKeyCredential.isConditionalMediationAvailable = () => Promise.resolve(false);
  });
}

/** Another device: nothing of this one is known there. */
export async function onAnotherDevice(
  page: Page,
  baseURL: string | undefined,
): Promise<{ device: BrowserContext; there: Page }> {
  const browser = page.context().browser();
  if (!browser) throw new Error("no browser");
  const device = await browser.newContext({ ...(baseURL ? { baseURL } : {}), locale: "ko-KR" });
  return { device, there: await device.newPage() };
}
