import { useLayoutEffect, useSyncExternalStore, type CSSProperties } from "react";
import type { Camera } from "./camera";
import { project, worldSize, type LatLng, type View } from "./mercator";

/** Runs `paint` now and with every move of the camera, without rendering by React. */
export function usePaint(camera: Camera, paint: () => void): void {
  useLayoutEffect(() => {
    paint();
    return camera.onMove(paint);
  });
}

/** The last view in which the camera stood still. Layers are placed relative to it. */
export function useRested(camera: Camera): View {
  return useSyncExternalStore(camera.onRest, () => camera.rested);
}

/** The middle of the map: from there distances are measured while no point is chosen. */
export function useSettled(camera: Camera): View {
  return useSyncExternalStore(camera.onRest, () => camera.settled);
}

/** The style that puts `place` on a layer around `anchor`: pixels at the anchor's zoom, scaled by the style sheet. */
export function placed(place: LatLng, anchor: View): CSSProperties {
  const world = worldSize(anchor.zoom);
  const [spot, middle] = [project(place), project(anchor)];
  const [x, y] = [(spot.x - middle.x) * world, (spot.y - middle.y) * world];
  return { "--x": x.toFixed(2), "--y": y.toFixed(2) } as CSSProperties;
}

/** Moves and scales a layer around `anchor` to where the camera looks. */
export function follow(layer: HTMLElement, camera: Camera, anchor: View): void {
  const { view, size } = camera;
  const world = worldSize(view.zoom);
  const [from, to] = [project(anchor), project(view)];
  const [x, y] = [(from.x - to.x) * world + size.width / 2, (from.y - to.y) * world + size.height / 2];
  layer.style.translate = `${x.toFixed(2)}px ${y.toFixed(2)}px`;
  layer.style.setProperty("--k", String(2 ** (view.zoom - anchor.zoom)));
}
