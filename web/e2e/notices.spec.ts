import { type Page } from "@playwright/test";
import { makeRoom, say } from "./support/chat";
import {
  expect,
  expectAccessibleInEveryScheme,
  expectNoSidewaysScroll,
  expectTouchable,
  keep,
  test,
} from "./support/test";

/**
 * A browser whose maker's push service is out of reach: it makes a subscription by itself, with keys as real ones have. All
 * else of it is the browser's own.
 */
async function subscribeAlone(page: Page): Promise<void> {
  await page.addInitScript(() => {
    type Kept = { endpoint: string; keys: object; applicationKey: number[] };
    const KEY = "subscription of the test";
    const made = () => {
      const kept = JSON.parse(sessionStorage.getItem(KEY) ?? "null") as Kept | null;
      if (!kept) return null;
      const { endpoint, keys, applicationKey } = kept;
      return {
        endpoint,
        options: { applicationServerKey: new Uint8Array(applicationKey).buffer, userVisibleOnly: true },
        toJSON: () => ({ endpoint, keys }),
        unsubscribe() {
          sessionStorage.removeItem(KEY);
          return Promise.resolve(true);
        },
      } as unknown as PushSubscription;
    };
    const base64url = (bytes: Uint8Array) =>
      btoa(String.fromCharCode(...bytes))
        .replaceAll("+", "-")
        .replaceAll("/", "_")
        .replaceAll("=", "");
    PushManager.prototype.getSubscription = () => Promise.resolve(made());
    PushManager.prototype.subscribe = async (options) => {
      const curve = { name: "ECDH", namedCurve: "P-256" };
      const pair = await crypto.subtle.generateKey(curve, true, ["deriveBits"]);
      const keys = {
        p256dh: base64url(new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey))),
        auth: base64url(crypto.getRandomValues(new Uint8Array(16))),
      };
      const endpoint = `https://fcm.googleapis.com/fcm/send/${crypto.randomUUID()}`;
      const applicationKey = [...(options?.applicationServerKey as Uint8Array)];
      sessionStorage.setItem(KEY, JSON.stringify({ endpoint, keys, applicationKey } satisfies Kept));
      const subscription = made();
      if (!subscription) throw new Error("there is no storage");
      return subscription;
    };
  });
}

/** The service worker of the page is there and has taken over. */
const ready = (page: Page) => page.evaluate(async () => (await navigator.serviceWorker.ready).scope);

test("notices are turned on by a press and not before, and off again", async ({
  page,
  context,
}, testInfo) => {
  await context.grantPermissions(["notifications"]);
  await subscribeAlone(page);
  await keep(page, { name: "민아" });
  await page.goto("/me/settings");
  await ready(page);
  await page.getByRole("link", { name: /^알림/ }).click();
  await expect(page.getByText("이 기기에서는 알림을 받지 않아요.")).toBeVisible();
  const told = page.waitForResponse((response) => response.url().endsWith("/push/subscriptions"));
  await page.getByRole("button", { name: "이 기기에서 알림 켜기" }).click();
  expect((await told).status()).toBe(204);
  await expect(page.getByText("이 기기에서 알림을 받고 있어요.")).toBeVisible();
  await page.screenshot({ path: testInfo.outputPath("notices.png"), fullPage: true });
  await expectAccessibleInEveryScheme(page);
  await expectTouchable(page);
  await expectNoSidewaysScroll(page);
  const shows = page.waitForResponse((response) => response.url().endsWith("/push/subscriptions"));
  await page.getByRole("checkbox", { name: /누가 무슨 말을/ }).check();
  expect((await shows).status()).toBe(204);
  await page.reload();
  await expect(page.getByRole("checkbox", { name: /누가 무슨 말을/ })).toBeChecked();
  const ended = page.waitForResponse((response) => response.request().method() === "DELETE");
  await page.getByRole("button", { name: "이 기기에서 알림 끄기" }).click();
  expect((await ended).status()).toBe(204);
  await expect(page.getByText("이 기기에서는 알림을 받지 않아요.")).toBeVisible();
});

test("who has forbidden notices is told where to allow them", async ({ page, context }) => {
  await context.clearPermissions();
  await page.addInitScript(() => {
    Object.defineProperty(Notification, "permission", { get: () => "denied" });
  });
  await page.goto("/chat/notifications");
  await ready(page);
  await expect(page.getByText(/사이트 설정에서 알림을 허용/)).toBeVisible();
  await expect(page.getByRole("button", { name: "이 기기에서 알림 켜기" })).toHaveCount(0);
});

/** Has the browser deliver a push, as if its maker's service had sent it; the browser has decrypted it by then. */
async function push(page: Page, origin: string, notice: object): Promise<void> {
  const session = await page.context().newCDPSession(page);
  const registered = new Promise<string>((resolve) => {
    session.on("ServiceWorker.workerRegistrationUpdated", ({ registrations }) => {
      const found = registrations.find(({ isDeleted }) => !isDeleted);
      if (found) resolve(found.registrationId);
    });
  });
  await session.send("ServiceWorker.enable");
  await session.send("ServiceWorker.deliverPushMessage", {
    origin,
    registrationId: await registered,
    data: JSON.stringify(notice),
  });
  await session.detach();
}

const shown = (page: Page) =>
  page.evaluate(async () => {
    const own = await navigator.serviceWorker.ready;
    return (await own.getNotifications()).map(({ title, body, tag }) => ({ title, body, tag }));
  });

test("a push shows one notice for each room, which goes when the room is read", async ({
  page,
  context,
  complaints,
}) => {
  await context.grantPermissions(["notifications"]);
  await keep(page, { name: "민아" });
  const address = await makeRoom(page, `알림 ${Date.now() % 1e5}`);
  await say(page, "안녕하세요");
  await ready(page);
  const room = new URL(address, page.url()).pathname.split("/").at(-1) ?? "";
  const notice = (count: number) => ({
    room,
    seq: 1,
    title: "우리 동네",
    body: `새 메시지 ${count}개`,
    mentioned: false,
  });
  const { origin } = new URL(page.url());
  // Who looks at the app sees it there.
  await push(page, origin, notice(1));
  expect(await shown(page)).toEqual([]);
  await page.goto("about:blank");
  await push(page, origin, notice(1));
  await push(page, origin, notice(2));
  complaints.length = 0; // an empty page has no storage, which the preferences of the test miss
  await page.goto("/me");
  await expect.poll(() => shown(page)).toEqual([{ title: "우리 동네", body: "새 메시지 2개", tag: room }]);
  await page.goto(address);
  await expect.poll(() => shown(page)).toEqual([]);
});
