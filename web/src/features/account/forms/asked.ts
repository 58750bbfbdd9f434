import type { Asked } from "~/api/types";

/** What was asked for and waits for a code from the mail. */
export type Waiting = Readonly<{ request: string; email: string; until: number }>;

const keyOf = (what: string) => `bunri.account.${what}`;

/** Remembers it for this tab: who looks into their mail may find the page loaded anew. It is no secret without the code. */
export function remember(what: string, { request, expires_in: seconds }: Asked, email: string): Waiting {
  const waiting = { request, email, until: Date.now() + seconds * 1000 };
  try {
    sessionStorage.setItem(keyOf(what), JSON.stringify(waiting));
  } catch {
    // No storage: it holds as long as the page stays.
  }
  return waiting;
}

/** What this tab has asked for and can still be confirmed by its code. */
export function remembered(what: string): Waiting | null {
  try {
    const waiting = JSON.parse(sessionStorage.getItem(keyOf(what)) ?? "null") as Waiting | null;
    return waiting && waiting.until > Date.now() ? waiting : null;
  } catch {
    return null;
  }
}

export function forgetAsked(what: string): void {
  try {
    sessionStorage.removeItem(keyOf(what));
  } catch {
    // nothing was stored
  }
}
