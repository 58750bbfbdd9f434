import { language } from "~/i18n";
import { adopt, onPreferences, preferences, type Preferences } from "~/preferences/store";
import { addUnsent, PROFILE_CHOICES, removeUnsent, unsent, type ProfileChoice } from "~/preferences/unsent";
import { api, data } from "./client";
import { Problem } from "./problem";
import { accessToken, onSessionEnded, onSessionStarted, person, replaceToken } from "./session";
import type { Person, Profile, ProfileChange } from "./types";

/*
 * One person, several devices: language, region, name and consent stand in the profile, and each device follows it.
 *
 * Who signs in finds here what their profile says; what it does not say it learns from this device. From then on the
 * latest choice counts: one made here is sent, and one made elsewhere is taken over with the answer to that, when the
 * profile is opened, and at the start of a visit. Nobody waits for it: what cannot be sent is kept and tried again.
 */

/** Whose profile this device follows. */
const KEY = "bunri.profile";
/** Milliseconds after the last choice: who looks through a list with the arrow keys chooses many. */
const SETTLED_MS = 1_000;
/** After the start of a visit: the page that was asked for comes first. */
const START_MS = 2_000;
const LONGEST_PAUSE_MS = 10 * 60_000;

let timer: ReturnType<typeof setTimeout> | undefined;
let failures = 0;
/** The profile was read in this visit. */
let read = false;

/** Keeps device and profile together from now on. Gives what ends that. */
export function followProfile(): () => void {
  read = false;
  failures = 0;
  const ends = [
    onPreferences(() => {
      if (unsent().length > 0) after(SETTLED_MS);
    }),
    onSessionStarted(() => {
      forget();
      after(SETTLED_MS);
    }),
    onSessionEnded(forget),
  ];
  const online = () => {
    after(0);
  };
  window.addEventListener("online", online);
  after(START_MS);
  return () => {
    for (const end of ends) end();
    window.removeEventListener("online", online);
    clearTimeout(timer);
  };
}

export function readProfile(): Promise<Profile> {
  return data(api.GET("/api/v1/users/me"));
}

/** Changes the profile, and what this device shows of it. */
export async function changeProfile(change: ProfileChange): Promise<Profile> {
  const profile = await data(api.PATCH("/api/v1/users/me", { body: change }));
  takeOver(profile);
  return profile;
}

/** Has this device follow what the profile says, except where a choice made here waits to be sent. */
export function takeOver(profile: Profile): void {
  const who = person();
  if (who?.id !== profile.id) return; // somebody else signed in meanwhile
  const here = preferences();
  const said = choicesOf(profile);
  if (following() !== profile.id) {
    write(profile.id);
    addUnsent(PROFILE_CHOICES.filter((choice) => said[choice] === null && here[choice] !== null));
    if (unsent().length > 0) after(SETTLED_MS);
  }
  const waiting = unsent();
  const changed = PROFILE_CHOICES.filter(
    (choice) => said[choice] !== undefined && said[choice] !== here[choice] && !waiting.includes(choice),
  );
  if (changed.length > 0) adopt(Object.fromEntries(changed.map((choice) => [choice, said[choice]])));
  // The name that pages show is the session's: it gets the new one with its next token.
  if (who.name !== profile.username) void accessToken().then(replaceToken).catch(nothing);
}

function choicesOf({ language: mails, region, username, teaches }: Profile): Partial<Preferences> {
  return {
    // Who never chose a language here leaves it to the device, which agrees.
    ...(mails === language() ? {} : { language: mails }),
    region,
    name: username,
    teach: teaches,
  };
}

function forget(): void {
  removeUnsent();
  read = false;
  failures = 0;
  write(null);
}

function after(milliseconds: number): void {
  clearTimeout(timer);
  timer = setTimeout(() => void tryToMeet(), milliseconds);
}

async function tryToMeet(): Promise<void> {
  if (!person() || !navigator.onLine) return; // `online`, or the next session, begins anew
  try {
    await alone(meet);
    failures = 0;
  } catch (error) {
    const asked = error instanceof Problem ? error.details.retryAfter : undefined;
    after(asked === undefined ? Math.min(SETTLED_MS * 2 ** ++failures, LONGEST_PAUSE_MS) : asked * 1000);
  }
}

/** Runs `work` while no other tab does, so that a choice is sent once. An insecure context has no locks. */
async function alone(work: () => Promise<void>): Promise<void> {
  const locks = navigator.locks as LockManager | undefined;
  await (locks ? locks.request(KEY, work) : work());
}

/** Brings device and profile together. Throws a Problem when that has to be tried again. */
async function meet(): Promise<void> {
  const who = person();
  if (!who) return;
  const elsewhereToo = !read && unsent().length === 0 && isElsewhereToo(who);
  if (following() !== who.id || elsewhereToo) takeOver(await readProfile());
  if (unsent().length > 0) await send(unsent());
  read = true;
}

/** A guest is mostly on one device, and would get a token for this alone; but a consent must not outlive its withdrawal. */
function isElsewhereToo({ kind }: Person): boolean {
  return kind === "account" || preferences().teach === true;
}

async function send(choices: readonly ProfileChoice[]): Promise<void> {
  const sent = preferences();
  try {
    const profile = await data(api.PATCH("/api/v1/users/me", { body: changeOf(choices, sent) }));
    removeUnsent(choices.filter((choice) => preferences()[choice] === sent[choice]));
    takeOver(profile);
  } catch (error) {
    if (!isRefused(error)) throw error;
    removeUnsent(choices); // it would be refused each time
  }
}

function changeOf(choices: readonly ProfileChoice[], here: Preferences): ProfileChange {
  const change: ProfileChange = {};
  if (choices.includes("language")) change.language = here.language ?? language();
  if (choices.includes("region")) change.region = here.region;
  if (choices.includes("name")) change.username = here.name;
  if (choices.includes("teach")) change.teaches = here.teach;
  return change;
}

function isRefused(error: unknown): boolean {
  return error instanceof Problem && error.details.status === 422;
}

function following(): string | null {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}

function write(id: string | null): void {
  try {
    if (id === null) localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, id);
  } catch {
    // No storage: the next visit takes the profile over anew.
  }
}

const nothing = () => undefined;
