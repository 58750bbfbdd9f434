import { memo, useRef } from "react";
import { useTranslation } from "react-i18next";
import type { Camera } from "./camera";
import { CITIES, CITIES_UNTIL } from "./cities";
import { apart, inside, type Label } from "./labels";
import { follow, placed, usePaint } from "./layers";
import type { LatLng, View } from "./mercator";
import styles from "./map.module.css";

type Props = Readonly<{
  camera: Camera;
  anchor: View;
  names: readonly Label[];
  /** What lies over names: the markers and the person's point. */
  covers: readonly LatLng[];
}>;

/** Names on the schematic map: cities, or districts and roads when zoomed in. Silent: the list has the addresses. */
export const Labels = memo(function Labels({ camera, anchor, names, covers }: Props) {
  const { t } = useTranslation("bins");
  const layer = useRef<HTMLUListElement>(null);
  usePaint(camera, () => {
    if (layer.current) follow(layer.current, camera, anchor);
  });
  const far = anchor.zoom < CITIES_UNTIL;
  const all = far ? CITIES.map((city) => ({ ...city, text: t(`cities.${city.name}`) })) : names;
  const shown = inside(all, anchor, camera.size);
  return (
    <ul ref={layer} className={styles.layer} data-far={far} aria-hidden>
      {apart(shown, covers, anchor.zoom).map((label) => (
        <li key={`${label.text} ${label.lat}`} style={placed(label, anchor)}>
          <span className={styles.label} data-below={label.below || undefined}>
            {label.text}
          </span>
        </li>
      ))}
    </ul>
  );
});
