/** Whether somebody is in a class: only then a scan asks which, and nobody else is asked of. */
import { onSessionEnded } from "~/api/session";

const KEY = "bunri.learn.class";

export function isInClass(): boolean {
  try {
    return localStorage.getItem(KEY) !== null;
  } catch {
    return false;
  }
}

export function knowsClasses(some: boolean): void {
  try {
    if (some) localStorage.setItem(KEY, "1");
    else localStorage.removeItem(KEY);
  } catch {
    // Without storage nothing is offered after a scan; the page of the class still is.
  }
}

onSessionEnded(() => {
  knowsClasses(false);
});
