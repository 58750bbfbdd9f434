import { useRef } from "react";
import { useTranslation } from "react-i18next";
import { Icon } from "~/icons/Icon";
import type { Camera } from "./camera";
import { follow, placed, usePaint } from "./layers";
import type { LatLng, View } from "./mercator";
import styles from "./map.module.css";

type Props = Readonly<{ camera: Camera; anchor: View; point: LatLng; here: boolean }>;

/** The point from which distances are measured. */
export function Pin({ camera, anchor, point, here }: Props) {
  const { t } = useTranslation("bins");
  const layer = useRef<HTMLDivElement>(null);
  usePaint(camera, () => {
    if (layer.current) follow(layer.current, camera, anchor);
  });
  return (
    <div ref={layer} className={styles.layer}>
      <div style={placed(point, anchor)}>
        {here ? (
          <span className={styles.here} role="img" aria-label={t("map.here")} />
        ) : (
          <span className={styles.pin}>
            <Icon name="pin" size="3.25rem" label={t("map.point")} />
          </span>
        )}
      </div>
    </div>
  );
}
