import { useTranslation } from "react-i18next";
import { isSample } from "~/api/sources";
import { Icon } from "~/icons/Icon";
import { Button } from "~/ui/Button";
import type { BinSearch, Point } from "../useBinSearch";
import type { VisibleBins } from "../useVisibleBins";
import { BinList } from "./BinList";
import styles from "./list.module.css";

type Props = Readonly<{
  search: BinSearch;
  shown: VisibleBins;
  highlighted: string | null;
  onHighlight: (id: string | null) => void;
  onForget: () => void;
}>;

/** Metres beyond which we say that the nearest bin is far away. */
const FAR = 5_000;

/** The list of the nearest bins, with from where distances are measured, and remarks on the data. */
export function Nearest({ search, shown, highlighted, onHighlight, onForget }: Props) {
  const { t } = useTranslation("bins");
  const { point, setBin } = search;
  const bins = shown.nearby.data ?? [];
  return (
    <>
      <div className={styles.head}>
        <h2>{t("list.title")}</h2>
        <p>
          {t(`list.from.${from(point)}`, { name: point?.name ?? "" })}
          {point && (
            <button type="button" onClick={onForget}>
              <Icon name="close" size="1rem" />
              {t("list.forget")}
            </button>
          )}
        </p>
      </div>
      {shown.nearby.asOf === null && (bins[0]?.distance_m ?? 0) > FAR && (
        <p className={styles.note}>{t("list.far")}</p>
      )}
      {bins.every((bin) => isSample(bin.source)) && <p className={styles.sample}>{t("sample.all")}</p>}
      <BinList bins={bins} highlighted={highlighted} onHighlight={onHighlight} onBin={setBin} />
      {shown.more && (
        <Button variant="outlined" tone="inherit" onClick={shown.more}>
          {t("list.more")}
        </Button>
      )}
    </>
  );
}

function from(point: Point | null) {
  return point?.how ?? "middle";
}
