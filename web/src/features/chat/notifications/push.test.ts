import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { accessToken, forgetSession } from "~/api/session";
import { fakeServer, problem } from "~/test/fakeServer";
import { KEY, PushFailed, pushState, renew, setShowsText, showsText, turnOff, turnOn } from "./push";
import { closeUpTo } from "./shown";

const APPLICATION_KEY =
  "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4";
const SUBSCRIPTION = { endpoint: "https://push.example/1", keys: { p256dh: "p", auth: "a" } };
const guest = {
  body: { access_token: "a", refresh_token: "r", expires_in: 3600, user: { id: "g", username: "" } },
};

/** A browser that can be pushed to: what its person answers, and what it has. */
function browser(permission: NotificationPermission, answer: NotificationPermission = permission) {
  let current: PushSubscription | null = null;
  const unsubscribe = vi.fn(() => {
    current = null;
    return Promise.resolve(true);
  });
  const subscribe = vi.fn((options: PushSubscriptionOptionsInit) => {
    const key = (options.applicationServerKey as Uint8Array<ArrayBuffer>).buffer;
    current = {
      endpoint: SUBSCRIPTION.endpoint,
      options: { applicationServerKey: key, userVisibleOnly: true },
      toJSON: () => SUBSCRIPTION,
      unsubscribe,
    } as unknown as PushSubscription;
    return Promise.resolve(current);
  });
  const getNotifications = vi.fn<(filter: object) => Promise<object[]>>(() => Promise.resolve([]));
  const own = {
    pushManager: { getSubscription: () => Promise.resolve(current), subscribe },
    getNotifications,
  };
  const notification = {
    permission,
    requestPermission: vi.fn(() => {
      notification.permission = answer;
      return Promise.resolve(answer);
    }),
  };
  vi.stubGlobal("Notification", notification);
  vi.stubGlobal("PushManager", vi.fn());
  const ready = Promise.resolve(own);
  Object.defineProperty(navigator, "serviceWorker", {
    value: { ready, getRegistration: () => ready },
    configurable: true,
  });
  return { subscribe, unsubscribe, notification, getNotifications };
}

/** The platform, and what was asked of it about pushes. */
function platform(fail: (asked: string) => ReturnType<typeof problem> | null = () => null) {
  const { asked } = fakeServer(({ method, path }) => {
    const failure = fail(`${method} ${path}`);
    if (failure) return failure;
    if (path.endsWith("/guest")) return guest;
    if (path.endsWith("/push/key")) return { body: { key: APPLICATION_KEY } };
    return { status: 204 };
  });
  return () =>
    asked
      .filter(({ path }) => path.includes("/push/subscriptions"))
      .map(({ method, body }) => [method, JSON.parse(body) as unknown]);
}

beforeEach(() => {
  forgetSession();
});
afterEach(() => {
  Reflect.deleteProperty(navigator, "serviceWorker");
});

describe("turning notices on", () => {
  it("asks the person first, and then tells the platform", async () => {
    const told = platform();
    const { subscribe, notification } = browser("default", "granted");
    expect(await pushState()).toBe("off");
    expect(notification.requestPermission).not.toHaveBeenCalled();
    expect(await turnOn()).toBe("on");
    expect(subscribe.mock.calls[0]?.[0]).toMatchObject({ userVisibleOnly: true });
    expect((subscribe.mock.calls[0]?.[0].applicationServerKey as Uint8Array).length).toBe(65);
    expect(told()).toEqual([["PUT", { ...SUBSCRIPTION, showsText: false }]]);
    expect(await pushState()).toBe("on");
  });

  it.each([
    ["denied", "denied"],
    ["default", "off"],
  ] as const)("does nothing where the person says no: %s", async (answer, state) => {
    const told = platform();
    const { subscribe } = browser("default", answer);
    expect(await turnOn()).toBe(state);
    expect(await pushState()).toBe(state);
    expect(subscribe).not.toHaveBeenCalled();
    expect(told()).toEqual([]);
    expect(localStorage.getItem(KEY)).toBeNull();
  });

  it("says so when the browser's service cannot be reached", async () => {
    platform();
    const { subscribe } = browser("granted");
    subscribe.mockRejectedValueOnce(new DOMException("no", "AbortError"));
    await expect(turnOn()).rejects.toThrow(PushFailed);
    expect(await pushState()).toBe("off");
  });

  it("is not on while the platform does not know of it", async () => {
    platform((asked) => (asked.startsWith("PUT") ? problem(422, "push_refused") : null));
    browser("granted");
    await expect(turnOn()).rejects.toMatchObject({ code: "push_refused" });
    expect(await pushState()).toBe("off");
  });

  it("is not possible everywhere", async () => {
    expect(await pushState()).toBe("unsupported");
    expect(await turnOn()).toBe("unsupported");
  });
});

describe("a browser that is told", () => {
  it("says so again at the next start", async () => {
    const told = platform();
    const { subscribe } = browser("granted");
    await turnOn();
    await renew();
    expect(subscribe).toHaveBeenCalledOnce();
    expect(told()).toHaveLength(2);
  });

  it("subscribes anew where the platform has another key", async () => {
    platform();
    const { subscribe, unsubscribe } = browser("granted");
    await turnOn();
    fakeServer(({ path }) =>
      path.endsWith("/key") ? { body: { key: APPLICATION_KEY.replace("BCV", "BCW") } } : { status: 204 },
    );
    await renew();
    expect(unsubscribe).toHaveBeenCalledOnce();
    expect(subscribe).toHaveBeenCalledTimes(2);
  });

  it("says nothing without a person, or when it is forbidden meanwhile", async () => {
    const told = platform();
    const { notification } = browser("granted");
    await turnOn();
    notification.permission = "denied";
    await renew();
    notification.permission = "granted";
    forgetSession();
    await renew();
    expect(told()).toHaveLength(1);
  });

  it("shows the text where that is wanted", async () => {
    const told = platform();
    browser("granted");
    await turnOn();
    await setShowsText(true);
    expect(showsText()).toBe(true);
    await renew();
    expect(told().map(([, body]) => (body as { showsText: boolean }).showsText)).toEqual([false, true, true]);
  });
});

describe("turning notices off", () => {
  it("ends the subscription here and there", async () => {
    const told = platform();
    const { unsubscribe } = browser("granted");
    await turnOn();
    await turnOff();
    expect(unsubscribe).toHaveBeenCalledOnce();
    expect(told().at(-1)).toEqual(["DELETE", { endpoint: SUBSCRIPTION.endpoint }]);
    expect(await pushState()).toBe("off");
    await turnOff();
    expect(unsubscribe).toHaveBeenCalledOnce();
  });

  it("ends it here although the platform is away, and asks nobody once the person has gone", async () => {
    const told = platform((asked) => (asked.startsWith("DELETE") ? problem(503, "unavailable") : null));
    const { unsubscribe } = browser("granted");
    await turnOn();
    await accessToken();
    forgetSession();
    await turnOff();
    expect(unsubscribe).toHaveBeenCalledOnce();
    expect(told()).toHaveLength(1);
  });
});

describe("a notice on the screen", () => {
  it("goes when its message was read, and stays when a newer one is told of", async () => {
    const { getNotifications } = browser("granted");
    const notices = [4, 5, 6].map((seq) => ({ data: { seq }, close: vi.fn() }));
    getNotifications.mockResolvedValue(notices);
    await closeUpTo("room", 5);
    expect(getNotifications).toHaveBeenCalledWith({ tag: "room" });
    expect(notices.map(({ close }) => close.mock.calls.length)).toEqual([1, 1, 0]);
  });
});
