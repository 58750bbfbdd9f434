import { useRef } from "react";
import type { Camera } from "./camera";
import { usePaint } from "./layers";
import { project, worldSize } from "./mercator";
import { BORDERS, COAST, CORNER, UNITS } from "./outline";
import styles from "./map.module.css";

/** The zoom from which the coastline is too coarse to be shown. */
const COARSE = 12.5;
/** Pixels between two lines of the grid, at least; at most twice as many. */
const CELL = 72;

/** The basemap without tiles: the coastline, or a grid when zoomed in. */
export function Schematic({ camera }: Readonly<{ camera: Camera }>) {
  const ground = useRef<HTMLDivElement>(null);
  const land = useRef<SVGGElement>(null);

  usePaint(camera, () => {
    const { view, size } = camera;
    const middle = project(view);
    const world = worldSize(view.zoom);
    const left = (share: number) => (share - middle.x) * world + size.width / 2;
    const top = (share: number) => (share - middle.y) * world + size.height / 2;
    const scale = world / UNITS;
    land.current?.setAttribute(
      "transform",
      `translate(${left(CORNER.x / UNITS)} ${top(CORNER.y / UNITS)}) scale(${scale})`,
    );
    const cell = world / 2 ** Math.floor(Math.log2(world / CELL));
    ground.current?.toggleAttribute("data-close", view.zoom > COARSE);
    const style = ground.current?.style;
    style?.setProperty("--cell", `${cell}px`);
    style?.setProperty("--left", `${left(0) % cell}px`);
    style?.setProperty("--top", `${top(0) % cell}px`);
  });

  return (
    <div ref={ground} className={styles.schematic} aria-hidden>
      <svg>
        <g ref={land}>
          <path className={styles.land} d={COAST} />
          <path className={styles.borders} d={BORDERS} />
        </g>
      </svg>
      <div className={styles.grid} />
    </div>
  );
}
