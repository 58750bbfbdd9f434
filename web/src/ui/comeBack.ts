import { useLocation } from "react-router";

/** Pages that somebody passes through on the way in: nobody wants to come back to them. */
const PASSED = /^\/account\/(sign-in|signed-in|register|forgot|passkey)(\/|$)/;
/** A name is decoded so many times at most: what is still another name then was written to deceive. */
const MOST_DECODINGS = 3;

/**
 * `given` where it is a page of ours to come back to, else null. `//evil.example`, `/\evil.example` and their encoded
 * forms are addresses elsewhere to some reader of addresses, whoever decodes them first.
 */
export function localPath(given: string | null): string | null {
  if (!given || !isPlain(given)) return null;
  const url = URL.canParse(given, window.location.origin) ? new URL(given, window.location.origin) : null;
  if (url?.origin !== window.location.origin || !isPlainWhenDecoded(url.pathname)) return null;
  if (PASSED.test(url.pathname)) return null;
  return url.pathname + url.search + url.hash;
}

/** A path, and no name of a host; without what browsers drop or turn round as they read an address. */
function isPlain(path: string): boolean {
  // eslint-disable-next-line no-control-regex -- those are what browsers drop
  return /^\/(?![/\\])[^\\\u0000-\u0020\u007f]*$/.test(path);
}

/** No page of ours has two slashes in a row in its name. */
function isPlainWhenDecoded(path: string): boolean {
  let form = path;
  for (let times = 0; times <= MOST_DECODINGS; times++) {
    if (!form.startsWith("/") || /\\|\/\//.test(form)) return false;
    const decoded = decode(form);
    if (decoded === null) return false;
    if (decoded === form) return true;
    form = decoded;
  }
  return false;
}

function decode(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}

/** `to` with the page to come back to from there. */
export function withNext(to: string, next: string | null): string {
  return next ? `${to}?${new URLSearchParams({ next }).toString()}` : to;
}

/** The page that somebody is on, for `withNext`. */
export function useHere(): string | null {
  const { pathname, search } = useLocation();
  return localPath(pathname + search);
}

/** The page that somebody left to be here (`?next=`); null for none, or where it is no page of ours. */
export function useNext(): string | null {
  return localPath(new URLSearchParams(useLocation().search).get("next"));
}
