import { catalogued, i18n, language } from "~/i18n";
import { prefer, preferences } from "~/preferences/store";
import { Problem } from "./problem";
import { reach } from "./reach";
import type { Tokens } from "./types";

/**
 * Who we are to the platform: a guest with a name, signed in at the first need and kept signed in.
 *
 * The tokens live in localStorage, so that a photo taken tomorrow belongs to the same guest. A script from elsewhere
 * could read them there; the Content-Security-Policy lets none run. Refresh tokens change at each use, and a stolen one
 * ends the session for both.
 */
type Kept = Readonly<{ access: string; refresh: string; until: number; id: string }>;

const KEY = "bunri.session";
/** Renewed so long before it expires: clocks differ, and a photo takes a while to upload. */
const EARLY_MS = 60_000;

let renewing: Promise<Kept> | null = null;
/** In place of a storage that is full or forbidden: a guest for each visit. */
let memory: Kept | null = null;
const onLost = new Set<() => void>();

/** An access token that is good for now. Signs in as a new guest when there is none. */
export async function token(): Promise<string> {
  const kept = read();
  if (kept && kept.until - EARLY_MS > Date.now()) return kept.access;
  return (await renew(kept?.access ?? null)).access;
}

/** A token in place of `rejected`; however many requests ask at once, in however many tabs, one refreshes. */
export async function tokenInsteadOf(rejected: string): Promise<string> {
  return (await renew(rejected)).access;
}

/** Forgets the guest on this device. */
export function leave(): void {
  memory = null;
  localStorage.removeItem(KEY);
}

export function signedIn(): boolean {
  return read() !== null;
}

/** Calls `listener` when a session ended by itself and somebody new took its place. */
export function onSessionLost(listener: () => void): () => void {
  onLost.add(listener);
  return () => onLost.delete(listener);
}

function renew(rejected: string | null): Promise<Kept> {
  renewing ??= alone(() => exchange(rejected)).finally(() => {
    renewing = null;
  });
  return renewing;
}

/** Runs `work` while no other tab does. Without locks (plain http in a LAN) the platform's grace for two tabs must do. */
async function alone<T>(work: () => Promise<T>): Promise<T> {
  // The types promise locks everywhere; an insecure context has none.
  const locks = navigator.locks as LockManager | undefined;
  return locks ? await locks.request(KEY, work) : work();
}

async function exchange(rejected: string | null): Promise<Kept> {
  const kept = read();
  if (!kept) return arrive();
  if (kept.access !== rejected && kept.until > Date.now()) return kept; // another tab was faster
  try {
    return keep(await post("/api/v1/auth/refresh", { refresh_token: kept.refresh }));
  } catch (error) {
    if (!(error instanceof Problem) || error.passing || error.details.status >= 500) throw error;
    leave();
    const arrived = await arrive();
    for (const listener of onLost) listener();
    return arrived;
  }
}

async function arrive(): Promise<Kept> {
  return keep(await post("/api/v1/auth/guest", { username: await ownName() }));
}

/** The name a person gave, or one made up for them, which they find in the settings. */
async function ownName(): Promise<string> {
  const given = preferences().name;
  if (given) return given;
  await catalogued(["names"]);
  const one = (of: "first" | "second") => {
    const words = i18n.t(`names:${of}`, { returnObjects: true });
    return words[Math.floor(Math.random() * words.length)] ?? "";
  };
  const name = i18n.t("names:whole", { first: one("first"), second: one("second") });
  prefer({ name });
  return name;
}

async function post(path: string, body: object): Promise<Tokens> {
  const headers = { "Content-Type": "application/json", "Accept-Language": language() };
  const response = await reach(path, { method: "POST", headers, body: JSON.stringify(body) });
  return (await response.json()) as Tokens;
}

function keep(tokens: Tokens): Kept {
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

function read(): Kept | null {
  try {
    return (JSON.parse(localStorage.getItem(KEY) ?? "null") as Kept | null) ?? memory;
  } catch {
    return memory;
  }
}
