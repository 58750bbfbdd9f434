import { describe, expect, it, vi } from "vitest";
import { noticeOf, openPage, show, type Notice } from "./notices";

const ROOM = "01939f1e-5f0c-7c2f-9f3e-0d5b7c3b9a10";
const SAID = { seq: 7, title: "우리 동네", body: "새 메시지 3개", mentioned: false };
const NOTICE: Notice = { ...SAID, tag: ROOM, path: `/chat/${ROOM}` };
const REMINDER = { tag: "reminder", path: "/learn", title: "오늘의 알림", body: "복습할 카드가 3장 있어요." };

type Tab = Readonly<{ url?: string; visible?: boolean; focused?: boolean }>;

/** A service worker with these tabs, and what it does. */
function worker(...tabs: Tab[]) {
  const clients = tabs.map(({ url = "/", visible = false, focused = false }) => ({
    url: new URL(url, location.origin).href,
    visibilityState: visible ? "visible" : "hidden",
    focused,
    focus: vi.fn(() => Promise.resolve()),
    postMessage: vi.fn(),
  }));
  const showNotification = vi.fn<(title: string, options?: object) => Promise<void>>(() => Promise.resolve());
  const openWindow = vi.fn<(path: string) => Promise<null>>(() => Promise.resolve(null));
  const matchAll = () => Promise.resolve(clients);
  const made = { clients: { matchAll, openWindow }, registration: { showNotification } };
  return { worker: made as never, tabs: clients, showNotification, openWindow };
}

describe("what a push is", () => {
  it("is read", () => {
    expect(noticeOf(JSON.stringify({ ...SAID, room: ROOM, later: "more" }))).toEqual(NOTICE);
  });

  it("may be of something else than a room", () => {
    expect(noticeOf(JSON.stringify(REMINDER))).toEqual({ ...REMINDER, seq: 0, mentioned: false });
  });

  it.each([
    null,
    "",
    "hello",
    "null",
    "[]",
    "{}",
    JSON.stringify({ ...SAID, room: "../../evil" }),
    JSON.stringify({ ...REMINDER, path: "//evil.example" }),
    JSON.stringify({ ...REMINDER, path: "https://evil.example" }),
    JSON.stringify({ ...REMINDER, path: "/learn?x=1" }),
  ])("is nothing of ours: %s", (text) => {
    expect(noticeOf(text)).toBeNull();
  });
});

describe("a notice", () => {
  it("is one for each room", async () => {
    const { worker: own, showNotification } = worker({ visible: false });
    await show(own, NOTICE);
    const [title, options] = showNotification.mock.calls[0] ?? [];
    expect(title).toBe("우리 동네");
    expect(options).toMatchObject({
      body: "새 메시지 3개",
      tag: ROOM,
      renotify: false,
      data: { path: `/chat/${ROOM}`, seq: 7 },
    });
  });

  it("makes itself heard again where somebody is mentioned", async () => {
    const { worker: own, showNotification } = worker();
    await show(own, { ...NOTICE, mentioned: true });
    expect(showNotification.mock.calls[0]?.[1]).toMatchObject({ renotify: true });
  });

  it("is not shown to who is looking at the app", async () => {
    const { worker: own, showNotification } = worker({}, { visible: true });
    await show(own, NOTICE);
    expect(showNotification).not.toHaveBeenCalled();
  });
});

describe("a press on it", () => {
  it("opens the room in a new tab where none is open", async () => {
    const { worker: own, openWindow } = worker();
    await openPage(own, NOTICE.path);
    expect(openWindow).toHaveBeenCalledWith(`/chat/${ROOM}`);
  });

  it("brings the tab of the room to the front", async () => {
    const { worker: own, tabs, openWindow } = worker({ focused: true }, { url: `/chat/${ROOM}` });
    await openPage(own, NOTICE.path);
    expect(tabs[1]?.focus).toHaveBeenCalled();
    expect(tabs[1]?.postMessage).not.toHaveBeenCalled();
    expect(openWindow).not.toHaveBeenCalled();
  });

  it("has another tab go there", async () => {
    const { worker: own, tabs } = worker({ url: "/me" }, { url: "/bins", focused: true });
    await openPage(own, NOTICE.path);
    expect(tabs[1]?.postMessage).toHaveBeenCalledWith({ type: "OPEN", path: `/chat/${ROOM}` });
    expect(tabs[0]?.postMessage).not.toHaveBeenCalled();
  });
});
