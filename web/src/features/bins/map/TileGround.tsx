import "maplibre-gl/dist/maplibre-gl.css";
import { Map, setWorkerUrl, type StyleSpecification } from "maplibre-gl";
import worker from "maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url";
import { useEffect, useRef } from "react";
import type { MapGround } from "~/api/types";
import type { Camera } from "./camera";
import { MOST_ZOOM } from "./mercator";
import styles from "./map.module.css";

setWorkerUrl(worker);

/** NoBins of the map has come after so long: nothing will. */
const TIMEOUT_MS = 10_000;

export type Props = Readonly<{
  camera: Camera;
  ground: MapGround;
  onReady: () => void;
  /** The tiles cannot be reached, or this device cannot draw them. */
  onFail: () => void;
}>;

/** Somebody's tiles, drawn by MapLibre GL. Our camera moves it; it has no hands of its own. */
export default function TileGround({ camera, ground, onReady, onFail }: Props) {
  const container = useRef<HTMLDivElement>(null);

  useEffect(() => {
    if (!container.current) return;
    const map = opened(container.current, camera, ground);
    if (!map) {
      onFail();
      return;
    }
    let ready = false;
    const fail = () => {
      if (!ready) onFail();
    };
    const timer = setTimeout(fail, TIMEOUT_MS);
    // A tile that is missing says nothing once others have come.
    map.on("error", fail);
    map.on("idle", () => {
      ready = true;
      clearTimeout(timer);
      onReady();
    });
    const stop = camera.onMove(() => {
      const { lat, lng, zoom } = camera.view;
      map.jumpTo({ center: [lng, lat], zoom });
      map.redraw(); // in the same frame as our marks
    });
    return () => {
      stop();
      clearTimeout(timer);
      map.remove();
    };
  }, [camera, ground, onReady, onFail]);

  return <div ref={container} className={styles.tiles} data-raster={ground.tiles_url !== null} aria-hidden />;
}

/** null where this device cannot draw it: without WebGL. */
function opened(container: HTMLElement, camera: Camera, ground: MapGround): Map | null {
  const { lat, lng, zoom } = camera.view;
  try {
    return new Map({
      container,
      style: ground.style_url ?? raster(ground.tiles_url ?? ""),
      center: [lng, lat],
      zoom,
      maxZoom: MOST_ZOOM,
      interactive: false,
      attributionControl: false,
      renderWorldCopies: false,
      fadeDuration: 0,
    });
  } catch {
    return null;
  }
}

function raster(url: string): StyleSpecification {
  return {
    version: 8,
    sources: { tiles: { type: "raster", tiles: [url], tileSize: 256, maxzoom: 19 } },
    layers: [{ id: "tiles", type: "raster", source: "tiles" }],
  };
}
