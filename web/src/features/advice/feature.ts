import type { Feature } from "../feature";

/** What advice looks like. It has no pages: coach, search and history show it. */
export const advice: Feature = {
  name: "advice",
  pages: [],
  catalogues: { advice: import.meta.glob("./texts/*.json", { import: "default" }) },
};
