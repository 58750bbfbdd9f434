import { page, type Feature } from "../feature";
import label from "./label.json";

export const coach: Feature = {
  name: "coach",
  navigation: { label, icon: "camera", path: "/", place: "main" },
  pages: [
    page("/", ["coach", "search"], () => import("./CoachPage")),
    page("/answers/:jobId", ["coach", "advice", "search", "words"], () => import("./answer/AnswerPage")),
  ],
  catalogues: { coach: import.meta.glob("./texts/*.json", { import: "default" }) },
  start() {
    window.addEventListener("load", sendWaitingPhotos);
    window.addEventListener("online", sendAtOnce);
  },
};

/** Photos that wait for a network are sent as soon as there is one, whatever page is open. */
function sendWaitingPhotos(): void {
  void import("~/outbox/photos/queue").then(({ resume }) => resume()).catch(() => undefined);
}

function sendAtOnce(): void {
  void import("~/outbox/photos/queue").then(({ resumeOnline }) => resumeOnline()).catch(() => undefined);
}
