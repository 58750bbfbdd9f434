import { page } from "../feature";

/** By words, without a photo. */
export const search = [
  page("/search", ["search"], () => import("./SearchPage")),
  page("/items/:slug", ["search", "coach", "words"], () => import("./ItemPage")),
];
