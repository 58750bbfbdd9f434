import {
  lazy,
  Suspense,
  useCallback,
  useEffect,
  useId,
  useRef,
  useState,
  type ComponentType,
  type ReactNode,
} from "react";
import { useTranslation } from "react-i18next";
import type { MapGround } from "~/api/types";
import { IconButton } from "~/ui/Button";
import type { Camera } from "./camera";
import { useGestures } from "./gestures";
import type { Mark } from "./groups";
import type { Label } from "./labels";
import { Labels } from "./Labels";
import { useRested } from "./layers";
import { Marks } from "./Marks";
import { project, unproject, worldSize, type LatLng } from "./mercator";
import { Pin } from "./Pin";
import { ScaleBar } from "./ScaleBar";
import { Schematic } from "./Schematic";
import type { Props as GroundProps } from "./TileGround";
import styles from "./map.module.css";

type Props = Readonly<{
  camera: Camera;
  marks: readonly Mark[];
  names: readonly Label[];
  /** From where distances count; `here` when it is where the person is. */
  point: LatLng | null;
  here: boolean;
  selected: string | null;
  hot: string | null;
  ground: MapGround | null;
  onHot: (id: string | null) => void;
  onMark: (mark: Mark) => void;
  onPoint: (place: LatLng) => void;
  /** What lies over the map at its top: a word or a button. */
  children?: ReactNode;
}>;

/** The map: a ground, names, marks, and hands. The list beside it says all of it in words. */
export function MapView(props: Props) {
  const { camera, point, here, ground, onPoint } = props;
  const { t } = useTranslation("bins");
  const surface = useRef<HTMLDivElement>(null);
  const anchor = useRested(camera);
  const hint = useId();
  const { TileGround, tiles, retry, ...fate } = useTiles(ground);

  useEffect(() => {
    const element = surface.current;
    if (!element) return;
    const watcher = new ResizeObserver(() => {
      camera.resize({ width: element.clientWidth, height: element.clientHeight });
    });
    watcher.observe(element);
    return () => {
      watcher.disconnect();
    };
  }, [camera]);

  useGestures(surface, camera, (at) => {
    const { x, y } = project(camera.view);
    const world = worldSize(camera.view.zoom);
    onPoint(unproject({ x: x + at.x / world, y: y + at.y / world }));
  });

  return (
    <section className={styles.map} aria-label={t("map.name")} data-tiles={tiles}>
      <p id={hint} className="visually-hidden">
        {t("map.hint")}
      </p>
      {/* Arrows move it, plus and minus zoom, Enter sets the point: keys of an application. */}
      <div
        ref={surface}
        className={styles.surface}
        role="application"
        aria-label={t("map.surface")}
        aria-describedby={hint}
        // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
        tabIndex={0}
      >
        {tiles !== "shown" && <Schematic camera={camera} />}
        {ground && (tiles === "coming" || tiles === "shown") && (
          <Suspense fallback={null}>
            <TileGround camera={camera} ground={ground} {...fate} />
          </Suspense>
        )}
        {tiles !== "shown" && (
          <Labels camera={camera} anchor={anchor} names={props.names} marks={props.marks} />
        )}
        {point && <Pin camera={camera} anchor={anchor} point={point} here={here} />}
        <Marks
          camera={camera}
          anchor={anchor}
          marks={props.marks}
          selected={props.selected}
          hot={props.hot}
          onHot={props.onHot}
          onMark={props.onMark}
        />
        <span className={styles.cross} aria-hidden />
      </div>
      <div className={styles.top}>
        {props.children}
        {tiles === "failed" && (
          <p className={styles.note}>
            {t("map.noTiles")}
            <button type="button" onClick={retry}>
              {t("map.again")}
            </button>
          </p>
        )}
      </div>
      <Zoom camera={camera} />
      <ScaleBar camera={camera} />
      {tiles === "shown" && <p className={styles.attribution}>{ground?.attribution}</p>}
    </section>
  );
}

function Zoom({ camera }: Readonly<{ camera: Camera }>) {
  const { t } = useTranslation("bins");
  return (
    <div className={styles.zoom}>
      <IconButton
        label={t("map.closer")}
        icon="plus"
        onClick={() => {
          camera.zoom(1, undefined, true);
        }}
      />
      <IconButton
        label={t("map.farther")}
        icon="minus"
        onClick={() => {
          camera.zoom(-1, undefined, true);
        }}
      />
    </div>
  );
}

type Tiles = "none" | "coming" | "shown" | "failed";

/** Whether somebody's tiles lie under our marks. Until they do, and when they cannot be had, our own ground does. */
function useTiles(ground: MapGround | null) {
  const there = ground !== null && (ground.tiles_url ?? ground.style_url) !== null;
  const [fate, setFate] = useState<Exclude<Tiles, "none">>("coming");
  const onReady = useCallback(() => {
    setFate("shown");
  }, []);
  const onFail = useCallback(() => {
    setFate("failed");
  }, []);
  const [TileGround, setGround] = useState(fetched);
  const retry = () => {
    setGround(fetched());
    setFate("coming");
  };
  const tiles: Tiles = there ? fate : "none";
  return { TileGround, tiles, onReady, onFail, retry };
}

/** Code that cannot be fetched (this page may be of an earlier version) is a ground that cannot be reached. */
function fetched() {
  return lazy<ComponentType<GroundProps>>(() => import("./TileGround").catch(() => ({ default: Unreached })));
}

function Unreached({ onFail }: GroundProps) {
  useEffect(onFail, [onFail]);
  return null;
}
