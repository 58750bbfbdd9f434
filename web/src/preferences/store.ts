import { useSyncExternalStore } from "react";
import { addUnsent, PROFILE_CHOICES } from "./unsent";

export type Language = "ko" | "en";

/** What a person chose on this device; null leaves it to the system, or was never asked. */
export type Preferences = Readonly<{
  language: Language | null;
  theme: "light" | "dark" | null;
  contrast: "more" | "standard" | null;
  /** Slug of a region whose rules apply. */
  region: string | null;
  /** What neighbours see. */
  name: string | null;
  /** Whether answers may be learnt from, with their photos. */
  teach: boolean | null;
}>;

const KEY = "bunri.preferences";
const NONE: Preferences = {
  language: null,
  theme: null,
  contrast: null,
  region: null,
  name: null,
  teach: null,
};

const listeners = new Set<() => void>();
let current = read();

function read(): Preferences {
  try {
    return { ...NONE, ...(JSON.parse(localStorage.getItem(KEY) ?? "{}") as Partial<Preferences>) };
  } catch {
    return NONE;
  }
}

function changed(next: Preferences) {
  current = next;
  window.paint?.();
  for (const listener of listeners) listener();
}

export function preferences(): Preferences {
  return current;
}

/** Keeps what the person chooses here; every tab follows, and what belongs in the profile waits to be sent there. */
export function prefer(choice: Partial<Preferences>): void {
  addUnsent(PROFILE_CHOICES.filter((name) => choice[name] !== undefined));
  adopt(choice);
}

/** Keeps what was chosen elsewhere, and is in the profile already. */
export function adopt(choice: Partial<Preferences>): void {
  const next = { ...current, ...choice };
  try {
    localStorage.setItem(KEY, JSON.stringify(next));
  } catch {
    // No storage (private window, full disk): it holds until the tab is closed.
  }
  changed(next);
}

export function onPreferences(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function usePreferences(): Preferences {
  return useSyncExternalStore(onPreferences, preferences);
}

window.addEventListener("storage", (event) => {
  if (event.key === KEY || event.key === null) changed(read());
});
