/** Notices: shown when a push comes, and what a press on one opens. Pages are not running then. */

/**
 * What the platform pushes, worded in the person's language: of a room (`domains/chat/notices.py`), whose tag is its id, or of
 * something else (`domains/chat/service/devices.py`). A newer one takes the place of an older one of the same tag.
 */
export type Notice = Readonly<{
  tag: string;
  path: string;
  seq: number;
  title: string;
  body: string;
  mentioned: boolean;
}>;

/** What of a service worker is needed here. */
type Worker = Readonly<{
  clients: Pick<Clients, "matchAll" | "openWindow">;
  registration: Pick<ServiceWorkerRegistration, "showNotification">;
}>;

const ICON = "/icon-192.png";

/** The notice of a push, or null for what is none: of another version of ours, or nobody's. */
export function noticeOf(text: string | null): Notice | null {
  try {
    const said = JSON.parse(text ?? "null") as Partial<Omit<Notice, "seq"> & { seq: unknown; room: string }>;
    const { room, seq = 0, title, body, mentioned } = said;
    if (room && !/^[0-9a-f-]{36}$/.test(room)) return null;
    const tag = room ?? said.tag;
    const path = room ? pathOf(room) : said.path;
    if (!tag || !path || !isOurs(path) || !title || !body) return null;
    return { tag, path, seq: Number(seq), title, body, mentioned: mentioned === true };
  } catch {
    return null;
  }
}

const pathOf = (room: string): string => `/chat/${room}`;

/** Whether it is a page of the app, and nothing that leads elsewhere. */
export const isOurs = (path: string): boolean => /^\/(?!\/)[a-z0-9/_-]*$/.test(path);

/**
 * Shows a notice, one for each tag. Nothing is shown to who is looking at the app: its pages say it there. Browsers allow that
 * while a page of ours is visible.
 */
export async function show({ clients, registration }: Worker, notice: Notice | null): Promise<void> {
  const open = await clients.matchAll({ type: "window", includeUncontrolled: true });
  if (open.some((client) => client.visibilityState === "visible")) return;
  if (!notice) return;
  const { tag, path, seq, title, body, mentioned } = notice;
  const options = { body, tag, icon: ICON, badge: ICON, data: { path, seq }, renotify: mentioned };
  await registration.showNotification(title, options);
}

/** Brings the person to the page: in a tab that is open, or in a new one. */
export async function openPage({ clients }: Worker, path: string): Promise<void> {
  const open = await clients.matchAll({ type: "window", includeUncontrolled: true });
  const there = open.find((client) => new URL(client.url).pathname === path);
  const tab = there ?? open.find((client) => client.focused) ?? open[0];
  if (!tab) {
    await clients.openWindow(path);
    return;
  }
  await tab.focus().catch(() => undefined); // a browser may forbid it; the page goes there all the same
  // The page goes there by itself: a tab that this worker does not control cannot be sent anywhere.
  if (!there) tab.postMessage({ type: "OPEN", path });
}
