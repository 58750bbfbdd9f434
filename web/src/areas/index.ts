import { about } from "./about/area";
import type { Area } from "./area";
import { bins } from "./bins/area";
import { coach } from "./coach/area";
import { settings } from "./settings/area";

/** Everything the shell leads to, in the order of its navigation. */
export const areas: readonly Area[] = [coach, bins, about, settings];
