import { useTranslation } from "react-i18next";
import { Icon } from "~/icons/Icon";
import type { Camera } from "./map/camera";
import { around, holds, viewOf } from "./map/mercator";
import styles from "./bins.module.css";
import type { BinSearch } from "./useBinSearch";
import type { VisibleBins } from "./useVisibleBins";

type Props = Readonly<{ search: BinSearch; shown: VisibleBins; camera: Camera }>;

const MARGIN = 56;

/** A notice over the map when it shows no bins, or is away from the point, with a button that leads to some. */
export function MapNotice({ search, shown, camera }: Props) {
  const { t } = useTranslation("bins");
  const { bin, point, setPoint } = search;
  const { bounds, within, nearby, from } = shown;
  const [nearest] = from ? (nearby.data ?? []) : [];

  if (within.asOf !== null && within.data?.clusters.length === 0)
    return <p className={styles.notice}>{t("map.offline")}</p>;
  if (point && !bin && bounds && !holds(bounds, point)) {
    return (
      <button
        type="button"
        className={styles.notice}
        onClick={() => {
          setPoint(null);
        }}
      >
        <Icon name="search" size="1.125rem" />
        {t("map.searchHere")}
      </button>
    );
  }
  if (within.data?.total !== 0 || within.isPlaceholderData) return null;
  if (!nearest || !from) return <p className={styles.notice}>{t("map.none")}</p>;
  return (
    <button
      type="button"
      className={styles.notice}
      onClick={() => {
        const box = around([from, nearest]);
        if (box) camera.glide(viewOf(box, camera.size, MARGIN));
      }}
    >
      {t("map.none")} <strong>{t("map.nearest")}</strong>
    </button>
  );
}
