import { useEffect, useRef } from "react";
import type { Camera } from "./map/camera";
import { around, boundsOf, holds, viewOf } from "./map/mercator";
import type { BinSearch } from "./useBinSearch";
import type { VisibleBins } from "./useVisibleBins";

/** How close a chosen bin is looked at, at least. */
const CLOSE = 16.5;
/** Pixels around what the map is fitted to. */
const MARGIN = 56;
/** The nearest bins that a new point is shown with. */
const WITH = 6;

/** Keeps the map in step with the list: a new point comes with what is near it, a chosen bin into view. */
export function useMapFollowsList(
  { point, bin }: BinSearch,
  { nearby, chosen }: VisibleBins,
  camera: Camera,
): void {
  const fitted = useRef("");
  const { data, isPlaceholderData } = nearby;
  useEffect(() => {
    const key = point ? `${point.lat} ${point.lng}` : "";
    if (fitted.current === key || (point && (!data || isPlaceholderData))) return;
    fitted.current = key;
    const box = point && data && !bin ? around([point, ...data.slice(0, WITH)]) : null;
    if (box) camera.glide(viewOf(box, camera.size, MARGIN, CLOSE));
  }, [point, data, isPlaceholderData, bin, camera]);

  const shown = useRef<string | null>(null);
  useEffect(() => {
    if (!chosen || shown.current === chosen.id) {
      if (!bin) shown.current = null;
      return;
    }
    shown.current = chosen.id;
    const seen = camera.size.width > 0 && holds(boundsOf(camera.view, camera.size), chosen);
    if (seen && camera.view.zoom >= CLOSE - 1) return;
    camera.glide({ lat: chosen.lat, lng: chosen.lng, zoom: Math.max(camera.view.zoom, CLOSE) }, true);
  }, [chosen, bin, camera]);
}
