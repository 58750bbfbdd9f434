import { page, type Feature } from "../feature";
import { prefetchAllBins } from "./allBins";
import label from "./label.json";

export const bins: Feature = {
  name: "bins",
  navigation: { label, icon: "pin", path: "/bins", place: "main" },
  pages: [
    page("/bins", ["bins", "words"], () => {
      prefetchAllBins();
      return import("./BinsPage");
    }),
  ],
  catalogues: { bins: import.meta.glob("./texts/*.json", { import: "default" }) },
};
