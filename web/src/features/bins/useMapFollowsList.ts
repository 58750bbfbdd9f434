import { useEffect, useRef } from "react";
import { rounded } from "~/ui/locate";
import type { Camera } from "./map/camera";
import { around, boundsOf, holds } from "./map/mercator";
import type { BinSearch } from "./useBinSearch";
import type { VisibleBins } from "./useVisibleBins";

/** The smallest zoom at which a chosen bin is shown. */
const CLOSE = 16.5;
/** Pixels that stay free at the edges when the map is fitted to something. */
const MARGIN = 56;
/** How many of the nearest bins the map is fitted to, together with a new point. */
const WITH = 6;

/** Moves the map with the list: to a new point and the bins near it, and to a chosen bin that is out of view. */
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
    const box = point && data && !bin ? around([rounded(point), ...data.slice(0, WITH)]) : null;
    if (box) camera.fit(box, MARGIN, CLOSE, true);
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
