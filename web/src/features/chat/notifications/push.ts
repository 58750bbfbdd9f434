/**
 * Whether this browser is told of new messages while no page is open (Push API). The browser asks its person first, and it is
 * only asked after a press; what the platform keeps is renewed at each start, for as long as somebody is signed in.
 */
import { api, data } from "~/api/client";
import { signedIn } from "~/api/session";

/** `denied`: the person has forbidden it in the browser, where no page can ask again. */
export type PushState = "unsupported" | "denied" | "off" | "on";

/** The browser's own push service could not be reached, or has refused. */
export class PushFailed extends Error {}

/** In localStorage while this browser is to be told: it says so without this file being fetched (feature.ts). */
export const KEY = "bunri.notices";

type Wish = Readonly<{ showsText: boolean }>;

function wish(): Wish | null {
  try {
    return JSON.parse(localStorage.getItem(KEY) ?? "null") as Wish | null;
  } catch {
    return null;
  }
}

function remember(wanted: Wish | null): void {
  try {
    if (wanted) localStorage.setItem(KEY, JSON.stringify(wanted));
    else localStorage.removeItem(KEY);
  } catch {
    // No storage: it holds on the platform until this browser is not seen for long.
  }
}

export const showsText = (): boolean => wish()?.showsText ?? false;

/** At the very first visit the service worker is still on its way. */
const WORKER_MS = 5_000;

async function registration(): Promise<ServiceWorkerRegistration | null> {
  if (!("serviceWorker" in navigator) || !("PushManager" in window) || !("Notification" in window))
    return null;
  const late = new Promise<null>((resolve) => setTimeout(resolve, WORKER_MS, null));
  return Promise.race([navigator.serviceWorker.ready, late]);
}

export async function pushState(): Promise<PushState> {
  const own = await registration();
  if (!own) return "unsupported";
  if (Notification.permission === "denied") return "denied";
  const subscribed =
    wish() && Notification.permission === "granted" && (await own.pushManager.getSubscription());
  return subscribed ? "on" : "off";
}

/** Asks the person, by the browser's own question, and subscribes. To be called on a press. Throws PushFailed, Problem. */
export async function turnOn(): Promise<PushState> {
  const own = await registration();
  if (!own) return "unsupported";
  const permission = await Notification.requestPermission();
  if (permission !== "granted") return permission === "denied" ? "denied" : "off";
  const wanted = wish() ?? { showsText: false };
  await subscribe(own, wanted);
  remember(wanted);
  return "on";
}

export async function setShowsText(wanted: boolean): Promise<void> {
  const own = await registration();
  if (!own || !wish()) return;
  await subscribe(own, { showsText: wanted });
  remember({ showsText: wanted });
}

/** Nobody is told of anything here any more; the platform hears of it when it can. */
export async function turnOff(): Promise<void> {
  remember(null);
  const subscription = await (await registration())?.pushManager.getSubscription();
  if (!subscription) return;
  await subscription.unsubscribe();
  if (signedIn())
    await data(
      api.DELETE("/api/v1/chat/push/subscriptions", { body: { endpoint: subscription.endpoint } }),
    ).catch(() => undefined); // its next push tells the platform that the browser has gone
}

/** Says again that this browser is there, and whose it is now. */
export async function renew(): Promise<void> {
  const [own, wanted] = [await registration(), wish()];
  if (!own || !wanted || !signedIn() || Notification.permission !== "granted") return;
  await subscribe(own, wanted);
}

async function subscribe(own: ServiceWorkerRegistration, { showsText: shows }: Wish): Promise<void> {
  const { key } = await data(api.GET("/api/v1/chat/push/key"));
  const subscription = await subscriptionTo(own.pushManager, key);
  const { endpoint, keys } = subscription.toJSON() as {
    endpoint: string;
    keys: { p256dh: string; auth: string };
  };
  await data(api.PUT("/api/v1/chat/push/subscriptions", { body: { endpoint, keys, showsText: shows } }));
}

/** A browser has one subscription. One to another key is of another installation, or of another secret of ours. */
async function subscriptionTo(manager: PushManager, key: string): Promise<PushSubscription> {
  const bytes = decoded(key);
  const before = await manager.getSubscription();
  if (before && isOf(before, bytes)) return before;
  await before?.unsubscribe();
  try {
    return await manager.subscribe({ userVisibleOnly: true, applicationServerKey: bytes });
  } catch (error) {
    throw new PushFailed("the browser did not subscribe", { cause: error });
  }
}

function isOf({ options }: PushSubscription, key: Uint8Array): boolean {
  const theirs = options.applicationServerKey;
  if (!theirs) return false;
  const bytes = new Uint8Array(theirs);
  return bytes.length === key.length && bytes.every((byte, at) => byte === key[at]);
}

/** base64url → bytes. */
function decoded(text: string): Uint8Array<ArrayBuffer> {
  const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(binary, (letter) => letter.charCodeAt(0));
}
