import { page, type Feature } from "../feature";

/** Advice by words, without a photo. */
export const search: Feature = {
  name: "search",
  pages: [
    page("/search", ["search"], () => import("./SearchPage")),
    page("/items/:slug", ["search", "advice", "words"], () => import("./ItemPage")),
  ],
  catalogues: { search: import.meta.glob("./texts/*.json", { import: "default" }) },
};
