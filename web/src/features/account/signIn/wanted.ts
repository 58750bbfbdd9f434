import { useEffect } from "react";
import { person } from "~/api/session";

const KEY = "bunri.account.wanted";
/** Who shows later who they are may want something else by now. */
const GOOD_MS = 10 * 60_000;

/**
 * What goes on by itself when somebody is back who left to show at a provider who they are. Only what needs nothing but its
 * name: a new password or address is not kept, what is removed is to be seen when it is, and browsers want a press for
 * passkeys.
 */
export type Wanted = "export" | "codes" | "leave";

type Kept = Readonly<{ wanted: Wanted; by: string; at: number; shown: boolean }>;

/** Remembers it for this tab, in the place of whatever was remembered; null for nothing. */
export function rememberWanted(wanted: Wanted | null): void {
  const by = person()?.id;
  write(wanted && by ? { wanted, by, at: Date.now(), shown: false } : null);
}

/** They have shown it: without this nothing goes on, as for who turns back on the way. */
export function markShown(): void {
  const kept = read();
  write(kept && kept.by === person()?.id ? { ...kept, shown: true } : null);
}

/** Calls `go` once where `wanted` was remembered, and its person has shown since who they are. */
export function useGoOn(wanted: Wanted, go: () => void): void {
  useEffect(() => {
    const kept = read();
    if (kept?.wanted !== wanted) return;
    write(null);
    if (kept.shown && kept.by === person()?.id && Date.now() - kept.at < GOOD_MS) go();
  });
}

function read(): Kept | null {
  try {
    return JSON.parse(sessionStorage.getItem(KEY) ?? "null") as Kept | null;
  } catch {
    return null;
  }
}

function write(kept: Kept | null): void {
  try {
    if (kept) sessionStorage.setItem(KEY, JSON.stringify(kept));
    else sessionStorage.removeItem(KEY);
  } catch {
    // No storage: it has to be wanted once more.
  }
}
