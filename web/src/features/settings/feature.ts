import { page, type Feature } from "../feature";

export const settings: Feature = {
  name: "settings",
  icon: "settings",
  path: "/settings",
  place: "aside",
  pages: [page("/settings", ["settings"], () => import("./SettingsPage"))],
};
