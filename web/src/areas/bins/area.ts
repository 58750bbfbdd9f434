import { page, type Area } from "../area";

export const bins: Area = {
  name: "bins",
  icon: "pin",
  path: "/bins",
  place: "main",
  pages: [page("/bins", ["bins", "words"], () => import("./BinsPage"))],
};
