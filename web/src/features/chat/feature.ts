import { signedIn } from "~/api/session";
import { page, type Feature } from "../feature";
import { finder } from "../found";
import foundLabel from "./found/label.json";
import label from "./label.json";

/** Rooms where neighbours ask each other. */
export const chat: Feature = {
  name: "chat",
  navigation: { label, icon: "speech", path: "/chat", place: "main" },
  pages: [
    page("/chat", ["chat"], () => import("./lobby/LobbyPage")),
    page("/chat/join", ["chat"], () => import("./join/JoinPage")),
    page("/chat/notifications", ["notifications"], () => import("./notifications/NotificationsPage")),
    page("/chat/reports", ["moderation"], () => import("./moderation/ReportsPage")),
    page("/chat/:roomId/moderation", ["moderation", "chat"], () => import("./moderation/ModerationPage")),
    page("/chat/:roomId", ["chat", "notifications"], () => import("./room/RoomPage")),
  ],
  finder: finder(foundLabel, () => import("./found/FoundRooms"), signedIn),
  catalogues: {
    chat: import.meta.glob("./texts/*.json", { import: "default" }),
    moderation: import.meta.glob("./moderation/texts/*.json", { import: "default" }),
    notifications: import.meta.glob("./notifications/texts/*.json", { import: "default" }),
  },
  start() {
    window.addEventListener("load", sendWaitingMessages);
    window.addEventListener("online", sendAtOnce);
    window.addEventListener("load", hearOfNotices);
  },
};

/** Messages that wait for a network are sent as soon as there is one, whatever page is open. */
function sendWaitingMessages(): void {
  void import("~/outbox/messages/queue").then(({ resume }) => resume()).catch(() => undefined);
}

function sendAtOnce(): void {
  void import("~/outbox/messages/queue").then(({ resumeOnline }) => resumeOnline()).catch(() => undefined);
}

/** Only a device that its person wants to be told on fetches what that needs. */
function hearOfNotices(): void {
  const wanted = Promise.resolve().then(() => localStorage.getItem("bunri.notices"));
  void wanted
    .then((found) => (found ? import("./notifications/background").then(({ start }) => start()) : undefined))
    .catch(() => undefined);
}
