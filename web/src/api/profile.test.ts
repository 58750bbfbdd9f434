import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { prefer, preferences } from "~/preferences/store";
import { unsent } from "~/preferences/unsent";
import { fakeServer, problem } from "~/test/fakeServer";
import { followProfile, takeOver } from "./profile";
import { accessToken, forgetSession, person, signIn } from "./session";
import type { Profile } from "./types";

const SAID = { username: "초록이", language: "ko", region: null, teaches: null } as const;
type Said = Partial<Pick<Profile, "username" | "language" | "region" | "teaches">>;
type Answer = ReturnType<Parameters<typeof fakeServer>[0]>;

/** A platform that keeps a profile for a guest, `g`, and for an account, `a`. `fail` stands in the way of it. */
function platform(account: Said = {}, fail: () => Answer | null = () => null) {
  const profiles: Record<string, Said> = { g: { ...SAID }, a: { ...SAID, ...account } };
  let who = "g";
  const { asked } = fakeServer(({ method, path, body }) => {
    if (path.endsWith("/login")) who = "a";
    const profile = profiles[who] ?? {};
    if (path.startsWith("/api/v1/auth/")) {
      const user = { id: who, username: profile.username, kind: who === "g" ? "guest" : "account" };
      return { body: { access_token: who, refresh_token: null, expires_in: 900, user } };
    }
    const failure = fail();
    if (failure) return failure;
    if (method === "PATCH") Object.assign(profile, JSON.parse(body));
    return { body: { id: who, ...profile } };
  });
  return {
    profiles,
    sent: () =>
      asked.filter(({ method }) => method === "PATCH").map(({ body }) => JSON.parse(body) as object),
    read: () => asked.filter(({ method }) => method === "GET").length,
  };
}

const login = () => signIn("/api/v1/auth/login", { email: "a@example.org", password: "p" });
const passes = (milliseconds: number) => vi.advanceTimersByTimeAsync(milliseconds);
let end: () => void;
const follow = () => (end = followProfile());

beforeEach(() => {
  vi.useFakeTimers();
  forgetSession();
  localStorage.clear();
  prefer({ language: null, region: null, name: null, teach: null });
  localStorage.clear();
});
afterEach(() => {
  end();
  vi.useRealTimers();
});

describe("a profile and the device that follows it", () => {
  it("teaches a new guest's profile what was chosen before there was one", async () => {
    const { sent } = platform();
    follow();
    prefer({ region: "seoul-nowon", name: "초록이" });
    await accessToken();
    await passes(5_000);
    expect(sent()).toEqual([{ region: "seoul-nowon" }]);
    expect(unsent()).toEqual([]);
    expect(preferences().language).toBeNull(); // still the device's
  });

  it("takes over at sign-in what the profile says, and sends what it does not", async () => {
    const { sent, profiles } = platform({ username: "두루미", language: "en", region: "busan" });
    follow();
    prefer({ region: "seoul-nowon", teach: true, language: "ko" });
    await login();
    await passes(5_000);
    expect(preferences()).toMatchObject({ language: "en", region: "busan", name: "두루미", teach: true });
    expect(sent()).toEqual([{ teaches: true }]);
    expect(profiles.g).toEqual(SAID);
  });

  it("sends the latest of several choices once, and nothing of what stays on the device", async () => {
    const { sent } = platform();
    follow();
    await accessToken();
    await passes(5_000);
    for (const region of ["busan", null, "daegu"]) prefer({ region });
    prefer({ theme: "dark" });
    await passes(5_000);
    expect(sent()).toEqual([{ region: "daegu" }]);
  });

  it("keeps what cannot be sent, over a reload, and lets it win over the profile", async () => {
    let away = true;
    const { sent, profiles } = platform({ region: "busan" }, () => (away ? "silence" : null));
    follow();
    await login();
    prefer({ region: "daegu" }); // after the sign-in, which could not read the profile
    await passes(60_000);
    end();
    follow(); // the page is loaded anew
    away = false;
    await passes(60_000);
    expect(sent().at(-1)).toEqual({ region: "daegu" });
    expect(profiles.a?.region).toBe("daegu");
    expect([preferences().region, unsent()]).toEqual(["daegu", []]);
  });

  it("tries again when the network is back, and no later", async () => {
    let away = true;
    const { sent } = platform({}, () =>
      away ? problem(503, "unavailable", { "Retry-After": "3600" }) : null,
    );
    follow();
    await login();
    prefer({ region: "daegu" });
    await passes(10_000);
    away = false;
    window.dispatchEvent(new Event("online"));
    await passes(10);
    expect(sent().at(-1)).toEqual({ region: "daegu" });
    expect(unsent()).toEqual([]);
  });

  it("gives up a choice that the platform refuses, and shows what counts", async () => {
    let refuse = false;
    const { sent } = platform({ region: "busan" }, () => (refuse ? problem(422, "invalid") : null));
    follow();
    await login();
    await passes(5_000);
    refuse = true;
    prefer({ region: "nowhere" });
    await passes(600_000);
    expect(sent()).toHaveLength(1);
    refuse = false;
    takeOver({ id: "a", ...SAID, region: "busan" } as Profile);
    expect(preferences().region).toBe("busan");
  });

  it("learns at the next visit what an account chose elsewhere, and asks nothing for a guest", async () => {
    const { profiles, read } = platform();
    follow();
    await accessToken();
    await passes(5_000);
    end();
    follow();
    await passes(60_000);
    expect(read()).toBe(1);
    await login();
    await passes(5_000);
    end();
    Object.assign(profiles.a ?? {}, { region: "busan", username: "두루미" });
    follow();
    await passes(5_000);
    expect(preferences()).toMatchObject({ region: "busan", name: "두루미" });
    expect(person()?.name).toBe("두루미");
  });

  it("sends nothing of one person to the next", async () => {
    const { sent } = platform({ region: "busan" }, () => null);
    follow();
    await accessToken();
    await passes(5_000);
    prefer({ region: "daegu" });
    await login();
    await passes(60_000);
    expect(sent()).toEqual([]);
    expect(preferences().region).toBe("busan");
  });
});
