import { page, type Area } from "../area";

export const about: Area = {
  name: "about",
  icon: "about",
  path: "/about",
  place: "aside",
  pages: [page("/about", ["about", "words"], () => import("./AboutPage"))],
};
