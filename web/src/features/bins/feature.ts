import { page, type Feature } from "../feature";
import { askEarly } from "./everywhere";

export const bins: Feature = {
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
