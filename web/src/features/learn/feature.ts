import { page, type Feature } from "../feature";
import { finder } from "../found";
import { due, isLearning, subscribe } from "./badge/badge";
import dueLabel from "./badge/label.json";
import foundLabel from "./found/label.json";
import label from "./label.json";

/** Cards that come back on the right day. */
export const learn: Feature = {
  name: "learn",
  navigation: {
    label,
    icon: "cards",
    path: "/learn",
    place: "main",
    badge: { count: due, subscribe, label: dueLabel },
  },
  pages: [
    page("/learn", ["learn", "words"], () => import("./today/TodayPage")),
    page("/learn/review", ["learn", "words"], () => import("./review/ReviewPage")),
    page("/learn/stats", ["stats", "words"], () => import("./stats/StatsPage")),
    page("/learn/test", ["weekly"], () => import("./weekly/WeeklyPage")),
    page("/learn/test/:testId", ["weekly", "learn", "words"], () => import("./weekly/TestPage")),
    page("/learn/decks", ["decks"], () => import("./decks/DecksPage")),
    page("/learn/decks/:deckId", ["decks", "transfer"], () => import("./decks/DeckPage")),
    page("/learn/decks/:deckId/new", ["decks"], () => import("./decks/CardPage")),
    page("/learn/decks/:deckId/week", ["decks"], () => import("./decks/WeekPage")),
    page("/learn/cards/:cardId", ["decks"], () => import("./decks/CardPage")),
    page("/learn/class", ["class"], () => import("./class/ClassesPage")),
    page("/learn/class/join", ["class"], () => import("./class/JoinClassPage")),
    page("/learn/class/take", ["class"], () => import("./class/TakePage")),
    page("/learn/class/:classId", ["class"], () => import("./class/ClassPage")),
    page("/learn/import", ["transfer"], () => import("./transfer/ImportPage")),
    page("/learn/preferences", ["preferences"], () => import("./preferences/PreferencesPage")),
    page("/learn/join", ["decks"], () => import("./decks/JoinDeckPage")),
  ],
  finder: finder(foundLabel, () => import("./found/FoundCards"), isLearning),
  catalogues: {
    learn: import.meta.glob("./texts/*.json", { import: "default" }),
    stats: import.meta.glob("./stats/texts/*.json", { import: "default" }),
    class: import.meta.glob("./class/texts/*.json", { import: "default" }),
    weekly: import.meta.glob("./weekly/texts/*.json", { import: "default" }),
    transfer: import.meta.glob("./transfer/texts/*.json", { import: "default" }),
    preferences: import.meta.glob("./preferences/texts/*.json", { import: "default" }),
    decks: import.meta.glob("./decks/texts/*.json", { import: "default" }),
  },
  start() {
    window.addEventListener("load", countDue);
    window.addEventListener("load", sendWaitingReviews);
    window.addEventListener("online", sendAtOnce);
  },
};

/** Only for who has learned here before: nobody else needs what it fetches. */
function countDue(): void {
  if (!isLearning()) return;
  void import("./badge/count").then(({ countDue }) => countDue()).catch(() => undefined);
}

/** Reviews that wait for a network are sent as soon as there is one, whatever page is open. */
function sendWaitingReviews(): void {
  if (!isLearning()) return;
  void import("~/outbox/reviews/queue").then(({ resume }) => resume()).catch(() => undefined);
}

function sendAtOnce(): void {
  if (!isLearning()) return;
  void import("~/outbox/reviews/queue").then(({ resumeOnline }) => resumeOnline()).catch(() => undefined);
}
