import { page, type Feature } from "../feature";
import label from "./label.json";

/** What concerns the person: earlier answers, choices, and what the product does with what it knows of them. */
export const me: Feature = {
  name: "me",
  navigation: { label, icon: "person", path: "/me", place: "aside" },
  pages: [
    page("/me", ["me"], () => import("./MePage")),
    page("/me/history", ["history"], () => import("./history/HistoryPage")),
    page("/me/settings", ["settings"], () => import("./settings/SettingsPage")),
    page("/me/about", ["about", "words"], () => import("./about/AboutPage")),
  ],
  movedPages: { "/history": "/me/history", "/settings": "/me/settings", "/about": "/me/about" },
  catalogues: {
    me: import.meta.glob("./texts/*.json", { import: "default" }),
    history: import.meta.glob("./history/texts/*.json", { import: "default" }),
    settings: import.meta.glob("./settings/texts/*.json", { import: "default" }),
    about: import.meta.glob("./about/texts/*.json", { import: "default" }),
  },
};
