import type { Feature } from "../feature";

/** What advice looks like. It has no pages: coach, search and history show it. */
export const advice: Feature = {
  name: "advice",
  pages: [],
  catalogues: { advice: import.meta.glob("./texts/*.json", { import: "default" }) },
  start() {
    window.addEventListener("load", keepRules);
  },
};

/** The rules are stored on this device for times without a network. */
function keepRules(): void {
  void import("./stored/items")
    .then(({ keepItems }) => {
      keepItems();
    })
    .catch(() => undefined);
}
