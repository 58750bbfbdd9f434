/** As in bins.module.css: map and list stand side by side. */
const WIDE = "(min-width: 900px)";

/** Brings what changed into view: on a phone the map with what stands below it, else the panel beside it. */
export function bringIntoView(map: HTMLElement | null, panel: HTMLElement | null): void {
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const behavior = still ? "auto" : "smooth";
  if (matchMedia(WIDE).matches) panel?.scrollIntoView({ block: "nearest", behavior });
  else map?.scrollIntoView({ block: "start", behavior });
}
