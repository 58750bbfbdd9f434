import type { BinKind } from "~/api/types";
import { binIcon, Icon } from "~/icons/Icon";
import { coloursOfKind } from "../kinds";
import styles from "./list.module.css";

/** A disc in the colour of a kind, as on the map. Silent for screen readers: the name of the kind is beside it. */
export function KindMark({ kind, size = "2.5rem" }: Readonly<{ kind: BinKind; size?: string }>) {
  const { mark: background, on: color } = coloursOfKind(kind);
  return (
    <span className={styles.mark} style={{ width: size, height: size, background, color }}>
      <Icon name={binIcon(kind)} size="56%" />
    </span>
  );
}
