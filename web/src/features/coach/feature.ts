import { history } from "../history/pages";
import { search } from "../search/pages";
import { page, type Feature } from "../feature";

export const coach: Feature = {
  name: "coach",
  icon: "camera",
  path: "/",
  place: "main",
  pages: [
    page("/", ["coach", "search"], () => import("./CoachPage")),
    page("/answers/:jobId", ["coach", "search", "words"], () => import("./answer/AnswerPage")),
    ...history,
    ...search,
  ],
};

/** Photos that wait for a network are sent wherever in the app one is when it comes. */
function wakeQueue(): void {
  void import("./queue/queue").then(({ wake }) => wake()).catch(() => undefined);
}
window.addEventListener("load", wakeQueue);
window.addEventListener("online", wakeQueue);
