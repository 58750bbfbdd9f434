/** How much is unread, in the title of the tab and on the icon of the app. */
import { allUnread, onRoomsChanged } from "./rooms";

const PREFIX = /^\(\d+\+?\) /;
const MOST = 99;

let started = false;

/** From now on, as long as the tab is open. */
export function showUnread(): void {
  if (started) return;
  started = true;
  const title = document.querySelector("title");
  // Pages set their title when they are shown: the number is put before it again.
  if (title)
    new MutationObserver(writeTitle).observe(title, { childList: true, characterData: true, subtree: true });
  let before = -1;
  onRoomsChanged(() => {
    const count = allUnread();
    if (count === before) return;
    before = count;
    writeTitle();
    writeIcon(count);
  });
}

function writeTitle(): void {
  const written = titled(document.title, allUnread());
  if (written !== document.title) document.title = written;
}

/** `title` with the number of unread messages before it; without one for none. */
export function titled(title: string, unread: number): string {
  const bare = title.replace(PREFIX, "");
  if (unread <= 0) return bare;
  return `(${unread > MOST ? `${MOST}+` : unread}) ${bare}`;
}

function writeIcon(unread: number): void {
  // The types promise it everywhere; only installed apps of some browsers have it.
  const badged = navigator as Partial<Pick<Navigator, "setAppBadge" | "clearAppBadge">>;
  const written = unread > 0 ? badged.setAppBadge?.(unread) : badged.clearAppBadge?.();
  written?.catch(() => undefined);
}
