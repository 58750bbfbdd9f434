import type { Material } from "~/api/types";
import { coloursOf } from "~/design/materials";
import { Icon, materialIcon } from "~/icons/Icon";
import styles from "./MaterialMark.module.css";

type Props = Readonly<{ material: Material; size?: string; quiet?: boolean }>;

/** A disc in the colour of a material with its sign; `quiet` on its tint. Its name stands beside it. */
export function MaterialMark({ material, size = "2.5rem", quiet = false }: Props) {
  const { mark, on, tint, ink } = coloursOf(material);
  return (
    <span
      className={styles.mark}
      style={{ width: size, background: quiet ? tint : mark, color: quiet ? ink : on }}
    >
      <Icon name={materialIcon(material)} size="58%" />
    </span>
  );
}
