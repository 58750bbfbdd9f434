import type { Material } from "~/api/types";
import { coloursOf } from "~/design/materials";
import { Icon, materialIcon } from "~/icons/Icon";
import styles from "./MaterialMark.module.css";

type Props = Readonly<{ material: Material; size?: string }>;

/** A disc in the colour of a material with its sign. Silent for screen readers: the name is beside it. */
export function MaterialMark({ material, size = "2.5rem" }: Props) {
  const { mark, on } = coloursOf(material);
  return (
    <span className={styles.mark} style={{ width: size, background: mark, color: on }}>
      <Icon name={materialIcon(material)} size="58%" />
    </span>
  );
}
