/** How many cards are due, beside the entry of the navigation: what was last known, until it is known anew. */
import { onSessionEnded } from "~/api/session";

/** Only who has learned here has it: nobody else is asked of, and no guest is made for it. */
const KEY = "bunri.learn.due";

const listeners = new Set<() => void>();
let count = read();

export function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** 0 for none, and for who does not learn. */
export function due(): number {
  return count ?? 0;
}

/** Whether somebody has learned on this device. */
export function isLearning(): boolean {
  return count !== null;
}

/** From now on this device knows that somebody learns here. */
export function learns(): void {
  if (count === null) showDue(0);
}

export function showDue(next: number): void {
  if (next === count) return;
  count = next;
  write(String(next));
  tell();
}

onSessionEnded(() => {
  count = null;
  write(null);
  tell();
});

function tell(): void {
  for (const listener of listeners) listener();
}

function read(): number | null {
  try {
    const written = localStorage.getItem(KEY);
    const number = Number(written ?? NaN);
    return Number.isInteger(number) && number >= 0 ? number : null;
  } catch {
    return null;
  }
}

function write(value: string | null): void {
  try {
    if (value === null) localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, value);
  } catch {
    // Forbidden: the number is known as long as the tab is open.
  }
}
