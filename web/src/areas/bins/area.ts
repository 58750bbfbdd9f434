import { page, type Area } from "../area";
import { askEarly } from "./everywhere";

export const bins: Area = {
  name: "bins",
  icon: "pin",
  path: "/bins",
  place: "main",
  pages: [
    page("/bins", ["bins", "words"], () => {
      askEarly();
      return import("./BinsPage");
    }),
  ],
};
