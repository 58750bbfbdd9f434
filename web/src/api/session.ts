import { loadCatalogues, i18n, language } from "~/i18n";
import { adopt, preferences } from "~/preferences/store";
import type { paths } from "./generated/schema";
import { Problem } from "./problem";
import { request } from "./request";
import type { Mfa, Person, Tokens } from "./types";

/**
 * Who we are to the platform: a guest with a name, signed in at the first need, or an account; and kept signed in.
 *
 * The access token lives in the memory of each tab, for a quarter of an hour. The refresh token is a cookie that no script
 * can read; it changes at each use, and a stolen one ends the session for both. localStorage says only who is signed in,
 * which tells other tabs of it, and tells that there is a cookie to ask with.
 */
type Access = Readonly<{ token: string; until: number; id: string }>;

/** What localStorage holds. Versions before accounts stored the tokens, too: `refresh` is such a one. */
type Stored = Readonly<{ id: string; name?: string; kind?: Person["kind"]; refresh?: string }>;

const KEY = "bunri.session";
/** A token is refreshed so long before it expires: clocks differ, and a photo takes a while to upload. */
const EARLY_MS = 60_000;
/** A guest's things are moved to the account that took its place in the background, within so long. */
const MOVING_MS = 15_000;

/** The operations whose answer signs somebody in, and what each takes. */
type SignInPath =
  | "/api/v1/auth/change-password"
  | "/api/v1/auth/login"
  | "/api/v1/auth/login/mfa"
  | "/api/v1/auth/oauth/{name}/finish"
  | "/api/v1/auth/passkeys/authentication/verify"
  | "/api/v1/auth/passkeys/registration/verify"
  | "/api/v1/auth/reauthenticate"
  | "/api/v1/auth/recover"
  | "/api/v1/auth/totp/confirm"
  | "/api/v1/auth/verify-email";
type BodyOf<Path extends keyof paths> = paths[Path] extends {
  post: { requestBody: { content: { "application/json": infer Body } } };
}
  ? Body & object
  : never;

/** What goes into the address: `{name}` of its path, and its query. */
type Address = Readonly<{ name?: string; query?: Readonly<Record<string, string>> }>;

/** What asking to sign in came to. All three are null where the platform did what was asked and signed nobody in. */
export type Entry = Readonly<{
  person: Person | null;
  /** The first factor was right, and a second one is asked for. */
  mfa: Mfa | null;
  /** The page that was left to sign in elsewhere. */
  next: string | null;
}>;

/** An operation that signs in answers with tokens, or with what is still needed, or with both inside something. */
type Answer = Partial<Tokens> & Readonly<{ tokens?: Tokens | null; mfa?: Mfa | null; next?: string }>;

let access: Access | null = null;
let renewal: Promise<Access> | null = null;
let movedAt = -Infinity;
/** Used when localStorage is full or forbidden: then each visit is another guest. */
let memory: Stored | null = null;
/** Who is signed in, as React compares it: the same object for the same words. */
let known: Readonly<{ written: string; person: Person }> | null = null;
const onLost = new Set<(before: Person["kind"]) => void>();
const onEnded = new Set<() => void>();
const onStarted = new Set<() => void>();
const onChanged = new Set<() => void>();

/** Other tabs change the session that all tabs share. */
window.addEventListener("storage", ({ key, oldValue, newValue }) => {
  if (key !== KEY && key !== null) return; // null: everything was cleared
  const now = parse(newValue);
  if (key === KEY && parse(oldValue)?.id === now?.id) {
    notify(onChanged); // the same person, who may have another name, or an account now
    return;
  }
  access = null;
  notify(onEnded);
  if (now) notify(onStarted);
  notify(onChanged);
});

function notify(listeners: ReadonlySet<() => void>): void {
  for (const listener of listeners) listener();
}

/** An access token that is good for now. Signs in as a new guest when there is none. */
export async function accessToken(): Promise<string> {
  const good = access && access.until - EARLY_MS > Date.now() && access.id === stored()?.id;
  return access && good ? access.token : (await renewSession(access?.token ?? null)).token;
}

/** A token in place of `rejected`. However many requests ask at once, in however many tabs, only one refreshes it. */
export async function replaceToken(rejected: string): Promise<string> {
  return (await renewSession(rejected)).token;
}

/**
 * Signs somebody in by an operation that gives tokens. Who is here until now is told to it: a guest's things come along.
 * A second factor may be asked for first.
 */
export async function enter<Path extends SignInPath>(
  path: Path,
  body: BodyOf<Path>,
  address: Address = {},
): Promise<Entry> {
  const url = addressOf(path, address);
  const bearer = signedIn() ? await accessToken() : null;
  try {
    return await enterAs(bearer, url, body);
  } catch (error) {
    if (!bearer || !(error instanceof Problem) || !error.code.startsWith("token_")) throw error;
    return enterAs(await replaceToken(bearer), url, body); // another tab has renewed the session
  }
}

/** As `enter`, for operations that never ask for a second factor. Null where nobody was signed in. */
export async function signIn<Path extends SignInPath>(
  path: Path,
  body: BodyOf<Path>,
  address: Address = {},
): Promise<Person | null> {
  return (await enter(path, body, address)).person;
}

function addressOf(path: string, { name = "", query = {} }: Address): string {
  const asked = new URLSearchParams(query).toString();
  return path.replace("{name}", encodeURIComponent(name)) + (asked && `?${asked}`);
}

/** No other tab refreshes meanwhile: the cookie that it would get is that of a session which ends now. */
function enterAs(bearer: string | null, url: string, body: object): Promise<Entry> {
  return withLock(async () => {
    const answer = await post(url, body, bearer);
    const tokens = answer?.access_token ? (answer as Tokens) : answer?.tokens;
    if (tokens) keep(tokens);
    return { person: tokens ? person() : null, mfa: answer?.mfa ?? null, next: answer?.next ?? null };
  });
}

/** Whether what somebody had here as a guest may still be on its way to who is signed in now. */
export function isBeingMoved(): boolean {
  return Date.now() - movedAt < MOVING_MS;
}

/** Forgets who is signed in on this device. The cookie is removed by `POST /api/v1/auth/logout`, or replaced by the next. */
export function forgetSession(): void {
  memory = null;
  access = null;
  localStorage.removeItem(KEY);
  notify(onEnded);
  notify(onChanged);
}

/** Calls `listener` when the person is forgotten on this device, or another takes their place, in this tab or another. */
export function onSessionEnded(listener: () => void): () => void {
  return add(onEnded, listener);
}

/** Calls `listener` when somebody signed in on this device, in this tab or another. */
export function onSessionStarted(listener: () => void): () => void {
  return add(onStarted, listener);
}

/** Calls `listener` when a session ended by itself and a new guest took its place, with what its person was. */
export function onSessionLost(listener: (before: Person["kind"]) => void): () => void {
  return add(onLost, listener);
}

/** Calls `listener` when `person()` may answer something else. */
export function onPersonChanged(listener: () => void): () => void {
  return add(onChanged, listener);
}

function add<Listener>(listeners: Set<Listener>, listener: Listener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function signedIn(): boolean {
  return stored() !== null;
}

/** Who is signed in on this device; null for nobody. */
export function person(): Person | null {
  const now = stored();
  if (!now) return null;
  const found = { id: now.id, name: now.name ?? preferences().name ?? "", kind: now.kind ?? "guest" };
  const written = JSON.stringify(found);
  if (known?.written !== written) known = { written, person: found };
  return known.person;
}

/** Takes the tokens that an earlier version left in localStorage out of there, once the platform has given a cookie. */
export async function moveOldSession(): Promise<void> {
  if (stored()?.refresh) await renewSession(null).catch(() => undefined); // at the next need it is tried again
}

function renewSession(rejected: string | null): Promise<Access> {
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

async function refreshOrSignIn(rejected: string | null): Promise<Access> {
  const now = stored();
  if (!now) return signInAsGuest();
  if (access && access.token !== rejected && access.until > Date.now() && access.id === now.id) return access;
  try {
    return await take("/api/v1/auth/refresh", now.refresh ? { refresh_token: now.refresh } : {});
  } catch (error) {
    if (!(error instanceof Problem) || !isOver(error, now)) throw error;
    forgetSession();
    const guest = await signInAsGuest();
    for (const listener of onLost) listener(now.kind ?? "guest");
    return guest;
  }
}

/** Only the platform's word ends a session. What an earlier version stored may also be no token at all. */
function isOver({ details: { status } }: Problem, { refresh }: Stored): boolean {
  return status === 401 || (status === 422 && refresh !== undefined);
}

async function signInAsGuest(): Promise<Access> {
  return take("/api/v1/auth/guest", { username: await guestName() });
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
  adopt({ name }); // it goes with the request for a guest
  return name;
}

async function take(path: string, body: object): Promise<Access> {
  const tokens = await post(path, body, null);
  if (!tokens?.access_token) throw new Error(`${path} gave no tokens`);
  return keep(tokens as Tokens);
}

/** What an operation of auth answers; null for nothing. The refresh token comes as a cookie, past us. */
async function post(path: string, body: object, bearer: string | null): Promise<Answer | null> {
  const headers = {
    "Content-Type": "application/json",
    "Accept-Language": language(),
    "X-Token-Delivery": "cookie",
    ...(bearer ? { Authorization: `Bearer ${bearer}` } : {}),
  };
  // A page that is closed meanwhile still gets the cookie: the token before it is good for some seconds only.
  const response = await request(path, {
    method: "POST",
    headers,
    body: JSON.stringify(body),
    keepalive: true,
  });
  return response.status === 204 ? null : ((await response.json()) as Answer);
}

function keep(tokens: Tokens): Access {
  const { id, username: name, kind } = tokens.user;
  const before = stored();
  access = { token: tokens.access_token, until: Date.now() + tokens.expires_in * 1000, id };
  try {
    localStorage.setItem(KEY, JSON.stringify({ id, name, kind } satisfies Stored));
    memory = null;
  } catch {
    memory = { id, name, kind };
  }
  if (before && before.id !== id) {
    movedAt = Date.now();
    notify(onEnded);
  }
  if (before?.id !== id) notify(onStarted);
  notify(onChanged);
  return access;
}

function stored(): Stored | null {
  try {
    return parse(localStorage.getItem(KEY)) ?? memory;
  } catch {
    return memory;
  }
}

function parse(written: string | null): Stored | null {
  try {
    return JSON.parse(written ?? "null") as Stored | null;
  } catch {
    return null;
  }
}
