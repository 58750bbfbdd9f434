import {
  lazy,
  Suspense,
  useCallback,
  useEffect,
  useId,
  useMemo,
  useRef,
  useState,
  type ComponentType,
  type ReactNode,
} from "react";
import { useTranslation } from "react-i18next";
import type { DataCredit, MapGround } from "~/api/types";
import { IconButton } from "~/ui/Button";
import type { Camera } from "./camera";
import { Credits } from "./Credits";
import { useGestures } from "./gestures";
import type { Marker } from "./groups";
import type { Label } from "./labels";
import { Labels } from "./Labels";
import { useRested } from "./layers";
import { Markers } from "./Markers";
import { project, unproject, worldSize, type LatLng } from "./mercator";
import { Pin } from "./Pin";
import { ScaleBar } from "./ScaleBar";
import { Schematic } from "./Schematic";
import type { Props as BasemapProps } from "./TileBasemap";
import styles from "./map.module.css";

type Props = Readonly<{
  camera: Camera;
  markers: readonly Marker[];
  names: readonly Label[];
  /** From where distances are measured; `here` when it is where the person is. */
  point: LatLng | null;
  here: boolean;
  selected: string | null;
  highlighted: string | null;
  basemap: MapGround | null;
  /** Whose open data the bins are. */
  credits: readonly DataCredit[];
  onHighlight: (id: string | null) => void;
  onMarker: (mark: Marker) => void;
  onPoint: (place: LatLng) => void;
  /** Shown over the top of the map: a notice or a button. */
  children?: ReactNode;
}>;

/** The map: basemap, names, markers and gestures. The list beside it has all of it in words. */
export function MapView(props: Props) {
  const { camera, markers, point, here, basemap, onPoint } = props;
  const { t } = useTranslation("bins");
  const surface = useRef<HTMLDivElement>(null);
  const anchor = useRested(camera);
  const hint = useId();
  const { TileBasemap, tiles, retry, ...fate } = useTiles(basemap);

  const covers = useMemo(() => (point ? [point, ...markers] : markers), [point, markers]);
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
        {basemap && (tiles === "coming" || tiles === "shown") && (
          <Suspense fallback={null}>
            <TileBasemap camera={camera} basemap={basemap} {...fate} />
          </Suspense>
        )}
        {tiles !== "shown" && <Labels camera={camera} anchor={anchor} names={props.names} covers={covers} />}
        <Markers
          camera={camera}
          anchor={anchor}
          markers={markers}
          selected={props.selected}
          highlighted={props.highlighted}
          onHighlight={props.onHighlight}
          onMarker={props.onMarker}
        />
        {/* Above the markers: nothing covers it, not even while the map moves. */}
        {point && <Pin camera={camera} anchor={anchor} point={point} here={here} />}
        <span className={styles.crosshair} aria-hidden />
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
      <Credits basemap={tiles === "shown" ? (basemap?.attribution ?? "") : ""} data={props.credits} />
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

/** Whether the operator's tiles are shown. Until they have arrived, and when they cannot be fetched, the schematic is. */
function useTiles(basemap: MapGround | null) {
  const there = basemap !== null && (basemap.tiles_url ?? basemap.style_url) !== null;
  const [fate, setFate] = useState<Exclude<Tiles, "none">>("coming");
  const onReady = useCallback(() => {
    setFate("shown");
  }, []);
  const onFail = useCallback(() => {
    setFate("failed");
  }, []);
  const [TileBasemap, setTileBasemap] = useState(fetched);
  const retry = () => {
    setTileBasemap(fetched());
    setFate("coming");
  };
  const tiles: Tiles = there ? fate : "none";
  return { TileBasemap, tiles, onReady, onFail, retry };
}

/** When the code cannot be fetched (the page may be of an earlier version), the tiles count as unreachable. */
function fetched() {
  return lazy<ComponentType<BasemapProps>>(() =>
    import("./TileBasemap").catch(() => ({ default: Unreached })),
  );
}

function Unreached({ onFail }: BasemapProps) {
  useEffect(onFail, [onFail]);
  return null;
}
