/** The width from which map and list are side by side, as in bins.module.css. */
const WIDE = "(min-width: 900px)";

/** Scrolls to what changed: on a phone to the map with the panel below it, on a wide screen to the panel. */
export function bringIntoView(map: HTMLElement | null, panel: HTMLElement | null): void {
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const behavior = still ? "auto" : "smooth";
  if (matchMedia(WIDE).matches) panel?.scrollIntoView({ block: "nearest", behavior });
  else map?.scrollIntoView({ block: "start", behavior });
}
