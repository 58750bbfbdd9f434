/** What can be chosen of numbers and days. */

const DAY_MS = 86_400_000;

/** How many days reminders may rest. */
export const PAUSES = [7, 14, 30];

/** `values` with `chosen` at its place, where it is none of them. */
export function withChosen(values: readonly number[], chosen: number): readonly number[] {
  return values.includes(chosen) ? values : [...values, chosen].sort((a, b) => a - b);
}

/** The date so many days after another one, both as `2026-11-30`. */
export function dayAfter(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);
}
