import { memo, useRef, type CSSProperties } from "react";
import { useTranslation } from "react-i18next";
import { useFormat } from "~/i18n/format";
import { useWords } from "~/ui/words";
import { binIcon, Icon } from "~/icons/Icon";
import { coloursOfKind } from "../kinds";
import type { Camera } from "./camera";
import type { Marker } from "./groups";
import { follow, placed, usePaint } from "./layers";
import { project, worldSize, type LatLng, type Size, type View } from "./mercator";
import styles from "./map.module.css";

/** Up to so many markers are stops of the Tab key. With more one could hardly leave the map, and the list has them all. */
const FEW = 12;

type Props = Readonly<{
  camera: Camera;
  anchor: View;
  markers: readonly Marker[];
  selected: string | null;
  highlighted: string | null;
  onHighlight: (id: string | null) => void;
  onMarker: (marker: Marker) => void;
}>;

/** Bins and groups of them on the map. */
export const Markers = memo(function Markers({ camera, anchor, markers, ...rest }: Props) {
  const layer = useRef<HTMLUListElement>(null);
  const { t } = useTranslation("bins");
  usePaint(camera, () => {
    if (layer.current) follow(layer.current, camera, anchor);
  });
  return (
    <ul ref={layer} className={styles.layer} aria-label={t("map.marks")}>
      {markers.map((marker) => (
        <li key={marker.key} style={placed(marker, anchor)} inert={!inReach(marker, anchor, camera.size)}>
          {marker.home && <span className={styles.leader} style={leader(marker, marker.home, anchor)} />}
          <MarkerButton marker={marker} few={markers.length <= FEW} {...rest} />
        </li>
      ))}
    </ul>
  );
});

/** The style of the line from a marker to where it belongs. */
function leader(marker: LatLng, home: LatLng, anchor: View): CSSProperties {
  const world = worldSize(anchor.zoom);
  const [from, to] = [project(marker), project(home)];
  const [x, y] = [(to.x - from.x) * world, (to.y - from.y) * world];
  return { width: `${Math.hypot(x, y)}px`, rotate: `${Math.atan2(y, x)}rad` };
}

/** A marker closer to the edge than so many pixels is too small a target: it is inert. */
const EDGE = 14;

function inReach(marker: Marker, anchor: View, { width, height }: Size): boolean {
  const world = worldSize(anchor.zoom);
  const [spot, middle] = [project(marker), project(anchor)];
  const inside = (from: number, to: number, side: number) => Math.abs(to - from) * world <= side / 2 - EDGE;
  return inside(middle.x, spot.x, width) && inside(middle.y, spot.y, height);
}

type MarkerButtonProps = Omit<Props, "camera" | "anchor" | "markers"> &
  Readonly<{ marker: Marker; few: boolean }>;

function MarkerButton({ marker, few, selected, highlighted, onHighlight, onMarker }: MarkerButtonProps) {
  const { t } = useTranslation("bins");
  const words = useWords();
  const { number } = useFormat();
  const [bin] = marker.bins;
  const single = marker.count === 1 && bin ? bin : null;
  const is = (id: string | null) => id !== null && marker.bins.some((one) => one.id === id);
  const common = {
    type: "button" as const,
    className: styles.target,
    tabIndex: few ? 0 : -1,
    "data-highlighted": is(highlighted) || undefined,
    onClick: () => {
      onMarker(marker);
    },
  };
  if (!single) {
    return (
      <button {...common} aria-label={t("map.group", { count: marker.count })}>
        <span className={styles.group} data-size={String(marker.count).length}>
          {number(marker.count, { notation: "compact" })}
        </span>
      </button>
    );
  }
  const { mark: background, on: color } = coloursOfKind(single.kind);
  const warm = () => {
    onHighlight(single.id);
  };
  const cool = () => {
    onHighlight(null);
  };
  return (
    <button
      {...common}
      aria-pressed={is(selected)}
      aria-label={t("map.bin", { name: single.name, kind: words.bin(single.kind) })}
      onPointerEnter={warm}
      onPointerLeave={cool}
      onFocus={warm}
      onBlur={cool}
    >
      <span
        className={styles.bin}
        style={{ background, color }}
        data-full={single.full || undefined}
        data-doubted={single.doubted || undefined}
      >
        <Icon name={binIcon(single.kind)} size="1.125rem" />
        {marker.covers ? (
          <span className={styles.more}>+{number(marker.covers, { notation: "compact" })}</span>
        ) : null}
      </span>
    </button>
  );
}
