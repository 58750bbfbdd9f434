const RENEWED = "bunri.reloaded";
const LONG_MS = 10_000;

/** Fetches the app anew, since a part of it is gone: a new version is served. Never in a circle: whether it did. */
export function renew(): boolean {
  const last = Number(sessionStorage.getItem(RENEWED) ?? 0);
  if (!navigator.onLine || Date.now() - last < LONG_MS) return false;
  sessionStorage.setItem(RENEWED, String(Date.now()));
  window.location.reload();
  return true;
}
