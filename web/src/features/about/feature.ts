import { page, type Feature } from "../feature";

export const about: Feature = {
  name: "about",
  icon: "about",
  path: "/about",
  place: "aside",
  pages: [page("/about", ["about", "words"], () => import("./AboutPage"))],
};
