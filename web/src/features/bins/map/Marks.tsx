import { memo, useRef } from "react";
import { useTranslation } from "react-i18next";
import { useFormat } from "~/i18n/format";
import { useWords } from "~/ui/words";
import { binIcon, Icon } from "~/icons/Icon";
import { coloursOfKind } from "../kinds";
import type { Camera } from "./camera";
import type { Mark } from "./groups";
import { follow, placed, usePaint } from "./layers";
import { project, worldSize, type Size, type View } from "./mercator";
import styles from "./map.module.css";

/** So many are stops for the Tab key; more would keep people in the map, and the list has them all. */
const FEW = 12;

type Props = Readonly<{
  camera: Camera;
  anchor: View;
  marks: readonly Mark[];
  selected: string | null;
  hot: string | null;
  onHot: (id: string | null) => void;
  onMark: (mark: Mark) => void;
}>;

/** Bins and groups of them on the map. */
export const Marks = memo(function Marks({ camera, anchor, marks, ...rest }: Props) {
  const layer = useRef<HTMLUListElement>(null);
  const { t } = useTranslation("bins");
  usePaint(camera, () => {
    if (layer.current) follow(layer.current, camera, anchor);
  });
  return (
    <ul ref={layer} className={styles.layer} aria-label={t("map.marks")}>
      {marks.map((mark) => (
        <li key={mark.key} style={placed(mark, anchor)} inert={!inReach(mark, anchor, camera.size)}>
          <One mark={mark} few={marks.length <= FEW} {...rest} />
        </li>
      ))}
    </ul>
  );
});

/** Pixels from the edge: nearer, too little is left of a mark for a finger. */
const EDGE = 14;

function inReach(mark: Mark, anchor: View, { width, height }: Size): boolean {
  const world = worldSize(anchor.zoom);
  const [spot, middle] = [project(mark), project(anchor)];
  const inside = (from: number, to: number, side: number) => Math.abs(to - from) * world <= side / 2 - EDGE;
  return inside(middle.x, spot.x, width) && inside(middle.y, spot.y, height);
}

type OneProps = Omit<Props, "camera" | "anchor" | "marks"> & Readonly<{ mark: Mark; few: boolean }>;

function One({ mark, few, selected, hot, onHot, onMark }: OneProps) {
  const { t } = useTranslation("bins");
  const words = useWords();
  const { number } = useFormat();
  const [bin] = mark.bins;
  const single = mark.count === 1 && bin ? bin : null;
  const is = (id: string | null) => id !== null && mark.bins.some((one) => one.id === id);
  const common = {
    type: "button" as const,
    className: styles.target,
    tabIndex: few ? 0 : -1,
    "data-hot": is(hot) || undefined,
    onClick: () => {
      onMark(mark);
    },
  };
  if (!single) {
    return (
      <button {...common} aria-label={t("map.group", { count: mark.count })}>
        <span className={styles.group} data-size={String(mark.count).length}>
          {number(mark.count, { notation: "compact" })}
        </span>
      </button>
    );
  }
  const { mark: background, on: color } = coloursOfKind(single.kind);
  const warm = () => {
    onHot(single.id);
  };
  const cool = () => {
    onHot(null);
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
      <span className={styles.bin} style={{ background, color }} data-full={single.full || undefined}>
        <Icon name={binIcon(single.kind)} size="1.125rem" />
        {mark.covers ? (
          <span className={styles.more}>+{number(mark.covers, { notation: "compact" })}</span>
        ) : null}
      </span>
    </button>
  );
}
