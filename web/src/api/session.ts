import { loadCatalogues, i18n, language } from "~/i18n";
import { prefer, preferences } from "~/preferences/store";
import { Problem } from "./problem";
import { request } from "./request";
import type { Tokens } from "./types";

/**
 * Who we are to the platform: a guest with a name, signed in at the first need and kept signed in.
 *
 * The tokens live in localStorage, so that a photo taken tomorrow belongs to the same guest. A script from elsewhere
 * could read them there; the Content-Security-Policy lets none run. Refresh tokens change at each use, and a stolen one
 * ends the session for both.
 */
type StoredSession = Readonly<{ access: string; refresh: string; until: number; id: string }>;

const KEY = "bunri.session";
/** A token is refreshed so long before it expires: clocks differ, and a photo takes a while to upload. */
const EARLY_MS = 60_000;

let renewal: Promise<StoredSession> | null = null;
/** Used when localStorage is full or forbidden: then each visit is another guest. */
let memory: StoredSession | null = null;
const onLost = new Set<() => void>();
const onEnded = new Set<() => void>();
const onStarted = new Set<() => void>();

/** Other tabs change the session that all tabs share. */
window.addEventListener("storage", ({ key, oldValue, newValue }) => {
  if (key !== KEY && key !== null) return; // null: everything was cleared
  const now = parse(newValue);
  if (key === KEY && parse(oldValue)?.id === now?.id) return; // the same person, with new tokens
  notify(onEnded);
  if (now) notify(onStarted);
});

function notify(listeners: ReadonlySet<() => void>): void {
  for (const listener of listeners) listener();
}

/** An access token that is good for now. Signs in as a new guest when there is none. */
export async function accessToken(): Promise<string> {
  const kept = storedSession();
  if (kept && kept.until - EARLY_MS > Date.now()) return kept.access;
  return (await renewSession(kept?.access ?? null)).access;
}

/** A token in place of `rejected`. However many requests ask at once, in however many tabs, only one refreshes it. */
export async function replaceToken(rejected: string): Promise<string> {
  return (await renewSession(rejected)).access;
}

/** Forgets the guest on this device. */
export function forgetSession(): void {
  memory = null;
  localStorage.removeItem(KEY);
  notify(onEnded);
}

/** Calls `listener` when the guest is forgotten on this device, in this tab or another. */
export function onSessionEnded(listener: () => void): () => void {
  onEnded.add(listener);
  return () => onEnded.delete(listener);
}

/** Calls `listener` when somebody signed in on this device, in this tab or another. */
export function onSessionStarted(listener: () => void): () => void {
  onStarted.add(listener);
  return () => onStarted.delete(listener);
}

export function signedIn(): boolean {
  return storedSession() !== null;
}

/** Calls `listener` when a session ended by itself and somebody new took its place. */
export function onSessionLost(listener: () => void): () => void {
  onLost.add(listener);
  return () => onLost.delete(listener);
}

function renewSession(rejected: string | null): Promise<StoredSession> {
  renewal ??= withLock(() => refreshOrSignIn(rejected)).finally(() => {
    renewal = null;
  });
  return renewal;
}

/** Runs `work` while no other tab does. An insecure context has no locks; the platform allows two tabs to refresh at once. */
async function withLock<T>(work: () => Promise<T>): Promise<T> {
  const locks = navigator.locks as LockManager | undefined;
  return locks ? await locks.request(KEY, work) : work();
}

async function refreshOrSignIn(rejected: string | null): Promise<StoredSession> {
  const kept = storedSession();
  if (!kept) return signInAsGuest();
  if (kept.access !== rejected && kept.until > Date.now()) return kept; // another tab was faster
  try {
    return store(await post("/api/v1/auth/refresh", { refresh_token: kept.refresh }));
  } catch (error) {
    if (!(error instanceof Problem) || error.passing || error.details.status >= 500) throw error;
    forgetSession();
    const guest = await signInAsGuest();
    notify(onLost);
    return guest;
  }
}

async function signInAsGuest(): Promise<StoredSession> {
  const session = store(await post("/api/v1/auth/guest", { username: await guestName() }));
  notify(onStarted);
  return session;
}

/** The name a person gave, or one made up for them, which they find in the settings. */
async function guestName(): Promise<string> {
  const given = preferences().name;
  if (given) return given;
  await loadCatalogues(["names"]);
  const randomWord = (of: "first" | "second") => {
    const words = i18n.t(`names:${of}`, { returnObjects: true });
    return words[Math.floor(Math.random() * words.length)] ?? "";
  };
  const name = i18n.t("names:whole", { first: randomWord("first"), second: randomWord("second") });
  prefer({ name });
  return name;
}

async function post(path: string, body: object): Promise<Tokens> {
  const headers = { "Content-Type": "application/json", "Accept-Language": language() };
  const response = await request(path, { method: "POST", headers, body: JSON.stringify(body) });
  return (await response.json()) as Tokens;
}

function store(tokens: Tokens): StoredSession {
  const kept = {
    access: tokens.access_token,
    refresh: tokens.refresh_token,
    until: Date.now() + tokens.expires_in * 1000,
    id: tokens.user.id,
  };
  try {
    localStorage.setItem(KEY, JSON.stringify(kept));
  } catch {
    memory = kept;
  }
  return kept;
}

function storedSession(): StoredSession | null {
  try {
    return parse(localStorage.getItem(KEY)) ?? memory;
  } catch {
    return memory;
  }
}

function parse(written: string | null): StoredSession | null {
  try {
    return JSON.parse(written ?? "null") as StoredSession | null;
  } catch {
    return null;
  }
}
