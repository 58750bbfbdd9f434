import { beforeEach, describe, expect, it, vi } from "vitest";
import { prefer } from "~/preferences/store";
import { fakeServer, problem } from "~/test/fakeServer";
import type * as Session from "./session";

const KEY = "bunri.session";

/** Tabs of one browser share localStorage, the cookie and locks, and nothing in memory. */
async function openTab(): Promise<typeof Session> {
  vi.resetModules();
  return import("./session");
}

/** A platform that knows one refresh token at a time, and grants a new one for it; the cookie is the browser's. */
function platform({ cookie = null as string | null, fail = () => null as Answer | null } = {}) {
  const state = { cookie, made: 0 };
  const answer = (id: string, kind = "guest") => {
    state.made += 1;
    state.cookie = `refresh-${state.made}`;
    return {
      body: {
        access_token: `access-${state.made}`,
        refresh_token: null,
        expires_in: 900,
        user: { id, username: "초록이", kind },
      },
    };
  };
  const server = fakeServer(({ path, body }) => {
    if (path.endsWith("/guest")) return answer(`guest_${state.made}`);
    if (path.endsWith("/login")) return answer("guest_account", "account");
    const failure = fail();
    if (failure) return failure;
    const presented = (JSON.parse(body) as { refresh_token?: string }).refresh_token ?? state.cookie;
    return presented === state.cookie || presented === "old"
      ? answer("guest_1")
      : problem(401, "refresh_invalid");
  });
  return { ...server, state };
}
type Answer = ReturnType<Parameters<typeof fakeServer>[0]>;

const store = (session: object) => localStorage.setItem(KEY, JSON.stringify(session));
const names = (asked: readonly { path: string }[]) => asked.map(({ path }) => path.split("/").at(-1));

/** Web Locks as browsers have them: one holder at a time, in the order in which they asked. */
function makeLocks() {
  let last: Promise<unknown> = Promise.resolve();
  return {
    request: <T>(_name: string, work: () => Promise<T>) => {
      const mine = last.then(work);
      last = mine.catch(() => undefined);
      return mine;
    },
  };
}

beforeEach(() => {
  localStorage.clear();
  prefer({ name: "초록이" });
  vi.stubGlobal("navigator", Object.assign(Object.create(navigator) as Navigator, { locks: makeLocks() }));
});

describe("what this device stores", () => {
  it("is who is signed in, and no token", async () => {
    platform();
    const { accessToken, person } = await openTab();
    expect(await accessToken()).toBe("access-1");
    expect(localStorage.getItem(KEY)).not.toMatch(/access|refresh/);
    expect(person()).toEqual({ id: "guest_0", name: "초록이", kind: "guest" });
  });

  it("lets a tab that is opened later go on by the cookie", async () => {
    store({ id: "guest_1", name: "초록이", kind: "guest" });
    const { asked } = platform({ cookie: "refresh-0" });
    const { accessToken } = await openTab();
    expect(await accessToken()).toBe("access-1");
    expect(asked[0]?.body).toBe("{}");
    expect(asked[0]?.headers.get("X-Token-Delivery")).toBe("cookie");
  });
});

describe("a session of an earlier version", () => {
  it("is gone on with once by its token, which then leaves localStorage", async () => {
    store({ access: "a", refresh: "old", until: Date.now() + 3_600_000, id: "guest_1" });
    const { asked } = platform();
    const tabs = [await openTab(), await openTab()];
    await Promise.all(tabs.map(({ moveOldSession }) => moveOldSession()));
    expect(asked.map(({ body }) => JSON.parse(body) as unknown)).toEqual([{ refresh_token: "old" }, {}]);
    expect(JSON.parse(localStorage.getItem(KEY) ?? "")).toEqual({
      id: "guest_1",
      name: "초록이",
      kind: "guest",
    });
  });

  it("stays while the platform is away, and is moved at the next need", async () => {
    store({ access: "a", refresh: "old", until: 0, id: "guest_1" });
    let away = true;
    platform({ fail: () => (away ? "silence" : null) });
    const { moveOldSession, accessToken, signedIn } = await openTab();
    await moveOldSession();
    expect(signedIn()).toBe(true);
    expect(localStorage.getItem(KEY)).toContain("old");
    away = false;
    expect(await accessToken()).toBe("access-1");
    expect(localStorage.getItem(KEY)).not.toContain("old");
  });
});

describe("a session", () => {
  it("goes on in twenty tabs that open at once", async () => {
    store({ id: "guest_1" });
    const { asked } = platform({ cookie: "refresh-0" });
    const tabs = [];
    for (let count = 0; count < 20; count++) tabs.push(await openTab());
    const tokens = await Promise.all(tabs.map(({ accessToken }) => accessToken()));
    expect(new Set(tokens).size).toBe(20);
    expect(new Set(names(asked))).toEqual(new Set(["refresh"]));
  });

  it.each([
    ["nobody answers", "silence"],
    ["the platform fails", problem(500, "internal")],
    ["the platform is full", problem(503, "unavailable")],
    ["too much is asked", problem(429, "too_many")],
    ["a proxy refuses", problem(403, "forbidden")],
  ] as const)("is never lost because %s", async (_, failure) => {
    store({ id: "guest_1" });
    let failing = true;
    const { asked } = platform({ cookie: "refresh-0", fail: () => (failing ? failure : null) });
    const { accessToken, person } = await openTab();
    await expect(accessToken()).rejects.toBeInstanceOf(Error);
    expect(person()?.id).toBe("guest_1");
    failing = false;
    expect(await accessToken()).toBe("access-1");
    expect(names(asked)).toEqual(["refresh", "refresh"]);
  });

  it("that is over makes room for a new guest, and says so", async () => {
    store({ id: "guest_1" });
    platform({ fail: () => problem(401, "refresh_invalid") });
    const { accessToken, onSessionLost, person } = await openTab();
    const lost = vi.fn();
    onSessionLost(lost);
    expect(await accessToken()).toBe("access-1");
    expect(lost).toHaveBeenCalledOnce();
    expect(person()?.id).toBe("guest_0");
  });
});

describe("signing in", () => {
  it("tells who is here, and takes their place", async () => {
    const { asked } = platform();
    const { accessToken, signIn, person, onSessionEnded, onSessionStarted } = await openTab();
    await accessToken();
    const [ended, started] = [vi.fn(), vi.fn()];
    onSessionEnded(ended);
    onSessionStarted(started);
    const signedIn = await signIn("/api/v1/auth/login", { email: "a@example.org", password: "p" });
    expect(asked[1]?.headers.get("Authorization")).toBe("Bearer access-1");
    expect(signedIn).toEqual({ id: "guest_account", name: "초록이", kind: "account" });
    expect(person()).toBe(person());
    expect(await accessToken()).toBe("access-2");
    expect([ended.mock.calls.length, started.mock.calls.length]).toEqual([1, 1]);
  });

  it("makes nobody a guest before", async () => {
    const { asked } = platform();
    const { signIn } = await openTab();
    await signIn("/api/v1/auth/login", { email: "a@example.org", password: "p" });
    expect(names(asked)).toEqual(["login"]);
    expect(asked[0]?.headers.get("Authorization")).toBeNull();
  });

  it("leaves who is here where it fails", async () => {
    platform();
    const { accessToken, signIn, person } = await openTab();
    await accessToken();
    fakeServer(() => problem(401, "sign_in_failed"));
    const failed = signIn("/api/v1/auth/login", { email: "a@example.org", password: "p" });
    await expect(failed).rejects.toMatchObject({ code: "sign_in_failed" });
    expect(person()?.kind).toBe("guest");
  });

  it("is heard in other tabs, which ask with the new cookie", async () => {
    store({ id: "guest_1" });
    const { asked } = platform({ cookie: "refresh-0" });
    const { accessToken, onSessionEnded } = await openTab();
    expect(await accessToken()).toBe("access-1");
    const ended = vi.fn();
    onSessionEnded(ended);
    const oldValue = localStorage.getItem(KEY);
    store({ id: "guest_2", name: "초록이", kind: "account" });
    const newValue = localStorage.getItem(KEY);
    window.dispatchEvent(new StorageEvent("storage", { key: KEY, oldValue, newValue }));
    expect(ended).toHaveBeenCalledOnce();
    expect(await accessToken()).toBe("access-2");
    expect(names(asked)).toEqual(["refresh", "refresh"]);
  });
});

describe("signing in", () => {
  const person = { id: "guest_account", username: "초록이", kind: "account" };
  const tokens = { access_token: "a", refresh_token: null, expires_in: 900, user: person };
  const mfa = { ticket: "t".repeat(43), methods: ["totp"], expires_in: 600 };

  it("may ask for a second factor first, and signs nobody in before it", async () => {
    const { asked } = fakeServer(({ path }) =>
      path.endsWith("/mfa") ? { body: tokens } : { status: 202, body: { mfa } },
    );
    const { enter, signIn, person: known } = await openTab();
    const entry = await enter("/api/v1/auth/login", { email: "a@b.kr", password: "secret" });
    expect(entry).toEqual({ person: null, mfa, next: null });
    expect(known()).toBeNull();
    await signIn("/api/v1/auth/login/mfa", { ticket: mfa.ticket, method: "totp", code: "123456" });
    expect(known()?.kind).toBe("account");
    expect(asked.map(({ path }) => path)).toEqual(["/api/v1/auth/login", "/api/v1/auth/login/mfa"]);
  });

  it("by an account elsewhere tells the page that was left", async () => {
    const { asked } = fakeServer(() => ({ body: { tokens, mfa: null, next: "/bins" } }));
    const { enter, isBeingMoved } = await openTab();
    const entry = await enter("/api/v1/auth/oauth/{name}/finish", { state: "s" }, { name: "kakao" });
    expect(entry).toMatchObject({ person: { id: "guest_account" }, mfa: null, next: "/bins" });
    expect(asked[0]?.path).toBe("/api/v1/auth/oauth/kakao/finish");
    expect(isBeingMoved()).toBe(false); // nobody was here
  });

  it("knows that a guest's things come along a moment later", async () => {
    platform();
    const { accessToken, isBeingMoved, signIn } = await openTab();
    await accessToken();
    expect(isBeingMoved()).toBe(false);
    await signIn("/api/v1/auth/login", { email: "a@b.kr", password: "secret" });
    expect(isBeingMoved()).toBe(true);
    vi.spyOn(Date, "now").mockReturnValue(Date.now() + 15_001);
    expect(isBeingMoved()).toBe(false);
  });
});
