import { about } from "./about/feature";
import type { Feature } from "./feature";
import { bins } from "./bins/feature";
import { coach } from "./coach/feature";
import { settings } from "./settings/feature";

/** Everything the shell leads to, in the order of its navigation. */
export const features: readonly Feature[] = [coach, bins, about, settings];
