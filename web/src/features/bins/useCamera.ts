import { useEffect, useState } from "react";
import type { BinMap } from "~/api/types";
import { Camera } from "./map/camera";
import { around, viewOf, type LatLng, type View } from "./map/mercator";

const COUNTRY: View = { lat: 36.1, lng: 127.9, zoom: 5.3 };
/** How close a point is looked at before it is known what is near it. */
const POINT_ZOOM = 15;
/** All bins of a small collection are looked at from no closer than this. */
const ALL_ZOOM = 14;
const MARGIN = 44;

/** Where the map was left, until the tab is closed. */
let left: View | null = null;

/**
 * The camera of the map: on the point that was asked for, else where it was left, else on all bins there are.
 * `ready` once it is there. `secret` where it must not be remembered.
 */
export function useCamera(point: LatLng | null, everything: BinMap | undefined, secret: boolean) {
  const known = point ? { lat: point.lat, lng: point.lng, zoom: POINT_ZOOM } : left;
  const [camera] = useState(() => new Camera(known ?? COUNTRY));
  const [ready, setReady] = useState(known !== null);

  useEffect(() => {
    if (ready || !everything) return;
    const place = () => {
      if (!camera.size.width) return;
      const box = around([...everything.bins, ...everything.clusters]);
      stop();
      if (box) camera.jump(viewOf(box, camera.size, MARGIN, ALL_ZOOM));
      camera.rest();
      setReady(true);
    };
    const stop = camera.onMove(place);
    place();
    return stop;
  }, [camera, everything, ready]);

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
