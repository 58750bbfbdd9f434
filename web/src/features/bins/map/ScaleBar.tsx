import { useTranslation } from "react-i18next";
import { useFormat } from "~/i18n/format";
import type { Camera } from "./camera";
import { useRested } from "./layers";
import { metresPerPixel } from "./mercator";
import { scaleBar } from "./scale";
import styles from "./map.module.css";

export function ScaleBar({ camera }: Readonly<{ camera: Camera }>) {
  const { t } = useTranslation("bins");
  const { distance } = useFormat();
  const { metres, width } = scaleBar(metresPerPixel(useRested(camera)));
  return (
    <p className={styles.scale} style={{ width }} aria-label={t("map.scale", { distance: distance(metres) })}>
      {distance(metres)}
    </p>
  );
}
