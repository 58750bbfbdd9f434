import { localPath } from "~/ui/comeBack";

const KEY = "bunri.account.left";

/**
 * Remembers for this tab the page that somebody leaves to sign in elsewhere. The platform remembers it, too, but takes
 * plain paths only, and the words of a search are none.
 */
export function rememberLeft(path: string): void {
  try {
    sessionStorage.setItem(KEY, path);
  } catch {
    // No storage: the platform's memory has to do.
  }
}

/** That page, once; null where none is remembered. */
export function takeLeft(): string | null {
  try {
    const path = sessionStorage.getItem(KEY);
    sessionStorage.removeItem(KEY);
    return localPath(path);
  } catch {
    return null;
  }
}
