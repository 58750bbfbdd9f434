import { page, type Feature } from "../feature";
import { finder } from "../found";
import { prefetchAllBins } from "./allBins";
import foundLabel from "./found/label.json";
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
  finder: finder(foundLabel, () => import("./found/FoundPlaces")),
  catalogues: { bins: import.meta.glob("./texts/*.json", { import: "default" }) },
};
