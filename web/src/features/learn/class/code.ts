/** Codes of classes: 8 letters and digits, written in two halves. */

export const LENGTH = 8;

/** What was typed as it is shown: `ab3k9fxq` is AB3K-9FXQ. What cannot be part of a code is left out. */
export function shownCode(typed: string): string {
  const kept = typed
    .toUpperCase()
    .replace(/[^0-9A-Z]/g, "")
    .slice(0, LENGTH);
  return kept.length > LENGTH / 2 ? `${kept.slice(0, LENGTH / 2)}-${kept.slice(LENGTH / 2)}` : kept;
}

export const isWhole = (code: string) => shownCode(code).length === LENGTH + 1;

/** Where a code leads, as a link and as what a QR code says. Behind the `#`, so that it is in no log. */
export const addressOf = (code: string) => `${location.origin}/learn/class/join#${code}`;

/** `YYYY-MM-DD` of the day `days` from now, where the device is. */
export function dayFromNow(days: number, now = new Date()): string {
  const day = new Date(now.getFullYear(), now.getMonth(), now.getDate() + days);
  const two = (value: number) => String(value).padStart(2, "0");
  return `${day.getFullYear()}-${two(day.getMonth() + 1)}-${two(day.getDate())}`;
}
