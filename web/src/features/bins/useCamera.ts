import { useEffect, useState } from "react";
import type { BinMap } from "~/api/types";
import { Camera } from "./map/camera";
import { around, type LatLng, type View } from "./map/mercator";

const COUNTRY: View = { lat: 36.1, lng: 127.9, zoom: 5.3 };
/** The zoom at a point while the bins near it are not known yet. */
const POINT_ZOOM = 15;
/** The largest zoom when the map is fitted to all bins, for a small collection. */
const ALL_ZOOM = 14;
const MARGIN = 44;

/** The last view, remembered until the tab is closed. */
let left: View | null = null;

/**
 * The camera of the map: at the point that was asked for, else at the last view, else at all bins. `ready` once it is there.
 * With `secret` the view is not remembered.
 */
export function useCamera(point: LatLng | null, allBins: BinMap | undefined, secret: boolean) {
  const known = point ? { lat: point.lat, lng: point.lng, zoom: POINT_ZOOM } : left;
  const [camera] = useState(() => new Camera(known ?? COUNTRY));
  const [ready, setReady] = useState(known !== null);
  const pointed = point !== null; // meanwhile: then the map follows the point

  useEffect(() => {
    if (ready || !allBins) return;
    const place = () => {
      if (!camera.size.width) return;
      stop();
      const box = around([...allBins.bins, ...allBins.clusters]);
      if (box && !pointed) camera.fit(box, MARGIN, ALL_ZOOM);
      camera.rest();
      setReady(true);
    };
    const stop = camera.onMove(place);
    place();
    return stop;
  }, [camera, allBins, pointed, ready]);

  useEffect(
    () => () => {
      camera.stop();
    },
    [camera],
  );
  useEffect(
    () => () => {
      left = secret ? null : camera.view;
    },
    [camera, secret],
  );
  return { camera, ready };
}
