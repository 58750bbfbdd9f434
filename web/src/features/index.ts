import { addCatalogue, type Namespace } from "~/i18n";
import { account } from "./account/feature";
import { advice } from "./advice/feature";
import { bins } from "./bins/feature";
import { chat } from "./chat/feature";
import { coach } from "./coach/feature";
import type { Feature } from "./feature";
import { addFinder } from "./found";
import { learn } from "./learn/feature";
import { me } from "./me/feature";
import { search } from "./search/feature";

/** All features, in the order of the navigation. */
export const features: readonly Feature[] = [coach, search, advice, bins, chat, learn, me, account];

for (const { catalogues, finder } of features) {
  if (finder) addFinder(finder);
  for (const [namespace, files] of Object.entries(catalogues)) addCatalogue(namespace as Namespace, files);
}
