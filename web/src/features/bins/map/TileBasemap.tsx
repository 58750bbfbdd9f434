import "maplibre-gl/dist/maplibre-gl.css";
import { Map, setWorkerUrl, type StyleSpecification } from "maplibre-gl";
import worker from "maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url";
import { useEffect, useRef } from "react";
import type { MapGround } from "~/api/types";
import type { Camera } from "./camera";
import { MOST_ZOOM } from "./mercator";
import styles from "./map.module.css";

setWorkerUrl(worker);

/** Milliseconds after which tiles that have not arrived count as unreachable. */
const TIMEOUT_MS = 10_000;

export type Props = Readonly<{
  camera: Camera;
  basemap: MapGround;
  onReady: () => void;
  /** The tiles cannot be reached, or this device cannot draw them. */
  onFail: () => void;
}>;

/** Tiles of a map server, drawn by MapLibre GL, which follows our camera and handles no gestures itself. */
export default function TileBasemap({ camera, basemap, onReady, onFail }: Props) {
  const container = useRef<HTMLDivElement>(null);

  useEffect(() => {
    if (!container.current) return;
    const map = opened(container.current, camera, basemap);
    if (!map) {
      onFail();
      return;
    }
    let ready = false;
    const fail = () => {
      if (!ready) onFail();
    };
    const timer = setTimeout(fail, TIMEOUT_MS);
    // Once tiles have arrived, a single missing one does not count.
    map.on("error", fail);
    // A map is idle as well before it has asked for tiles, and after none could be had.
    let arrived = false;
    map.on("sourcedata", ({ tile }: { tile?: { hasData: () => boolean } }) => {
      arrived ||= tile?.hasData() ?? false;
    });
    map.on("idle", () => {
      if (!arrived) return;
      ready = true;
      clearTimeout(timer);
      onReady();
    });
    const stop = camera.onMove(() => {
      const { lat, lng, zoom } = camera.view;
      map.jumpTo({ center: [lng, lat], zoom });
      map.redraw(); // in the same frame as our markers
    });
    return () => {
      stop();
      clearTimeout(timer);
      map.remove();
    };
  }, [camera, basemap, onReady, onFail]);

  return (
    <div ref={container} className={styles.tiles} data-raster={basemap.tiles_url !== null} aria-hidden />
  );
}

/** null where this device cannot draw it: without WebGL. */
function opened(container: HTMLElement, camera: Camera, basemap: MapGround): Map | null {
  const { lat, lng, zoom } = camera.view;
  try {
    return new Map({
      container,
      style: basemap.style_url ?? raster(basemap.tiles_url ?? ""),
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
