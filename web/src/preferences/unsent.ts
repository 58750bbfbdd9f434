/** Choices that belong to the person and not to the device: they stand in the profile, too. */
export const PROFILE_CHOICES = ["language", "region", "name", "teach"] as const;
export type ProfileChoice = (typeof PROFILE_CHOICES)[number];

const KEY = "bunri.unsent";
/** Used when localStorage is full or forbidden. */
let memory: readonly ProfileChoice[] = [];

/** Which of them were made on this device and are not in the profile yet; they outlast the page that was to send them. */
export function unsent(): readonly ProfileChoice[] {
  try {
    const written = localStorage.getItem(KEY);
    if (written === null) return memory;
    const kept = JSON.parse(written) as unknown;
    return Array.isArray(kept) ? PROFILE_CHOICES.filter((choice) => kept.includes(choice)) : [];
  } catch {
    return memory;
  }
}

export function addUnsent(choices: readonly ProfileChoice[]): void {
  if (choices.length > 0) keep([...new Set([...unsent(), ...choices])]);
}

export function removeUnsent(choices: readonly ProfileChoice[] = PROFILE_CHOICES): void {
  keep(unsent().filter((choice) => !choices.includes(choice)));
}

function keep(choices: readonly ProfileChoice[]): void {
  memory = [];
  try {
    if (choices.length === 0) localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, JSON.stringify(choices));
  } catch {
    memory = choices;
  }
}
