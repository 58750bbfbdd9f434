import { page, type Area } from "../area";

export const settings: Area = {
  name: "settings",
  icon: "settings",
  path: "/settings",
  place: "aside",
  pages: [page("/settings", ["settings"], () => import("./SettingsPage"))],
};
