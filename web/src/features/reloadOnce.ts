const KEY = "bunri.reloaded";
const PAUSE_MS = 10_000;

/**
 * Reloads the app because a part of it cannot be fetched, as after a new version was installed. At most once in ten
 * seconds, so that it cannot go on for ever. Tells whether it reloads.
 */
export function reloadOnce(): boolean {
  const last = Number(sessionStorage.getItem(KEY) ?? 0);
  if (!navigator.onLine || Date.now() - last < PAUSE_MS) return false;
  sessionStorage.setItem(KEY, String(Date.now()));
  window.location.reload();
  return true;
}
