import { memo } from "react";
import { useTranslation } from "react-i18next";
import type { NearbyBin } from "~/api/types";
import { useFormat } from "~/i18n/format";
import { useWords } from "~/ui/words";
import { Icon } from "~/icons/Icon";
import { KindMark } from "./KindMark";
import styles from "./list.module.css";

type Props = Readonly<{
  bins: readonly NearbyBin[];
  highlighted: string | null;
  onHighlight: (id: string | null) => void;
  onBin: (bin: NearbyBin) => void;
}>;

/** The nearest bins. The one under the pointer or with the focus is highlighted here and on the map. */
export const BinList = memo(function BinList({ bins, highlighted, onHighlight, onBin }: Props) {
  return (
    <ol className={styles.list}>
      {bins.map((bin) => (
        <Row
          key={bin.id}
          bin={bin}
          highlighted={bin.id === highlighted}
          onHighlight={onHighlight}
          onBin={onBin}
        />
      ))}
    </ol>
  );
});

/** The id of the row of a bin. */
export function rowId(bin: string): string {
  return `bin-${bin}`;
}

type RowProps = Readonly<{ bin: NearbyBin; highlighted: boolean }> & Pick<Props, "onHighlight" | "onBin">;

const Row = memo(function Row({ bin, highlighted, onHighlight, onBin }: RowProps) {
  const { t } = useTranslation("bins");
  const words = useWords();
  const { distance } = useFormat();
  return (
    // The pointer only highlights the bin; nothing can be done by it alone.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <li
      className={styles.row}
      data-highlighted={highlighted || undefined}
      onPointerEnter={() => {
        onHighlight(bin.id);
      }}
      onPointerLeave={() => {
        onHighlight(null);
      }}
      onFocus={() => {
        onHighlight(bin.id);
      }}
      onBlur={() => {
        onHighlight(null);
      }}
    >
      <button
        type="button"
        id={rowId(bin.id)}
        className={styles.open}
        onClick={() => {
          onBin(bin);
        }}
      >
        <KindMark kind={bin.kind} />
        <span className={styles.words}>
          <span className={styles.name}>{bin.name}</span>
          <span className={styles.about}>
            <strong>{distance(bin.distance_m)}</strong> <span>{words.bin(bin.kind)}</span>
            {bin.full && <span className={styles.full}>{t("full")}</span>}
            {bin.doubted && <span className={styles.full}>{t("doubted")}</span>}
          </span>
          {bin.address && <span className={styles.address}>{bin.address}</span>}
        </span>
      </button>
      <a
        className={styles.route}
        href={bin.route_url}
        target="_blank"
        rel="noopener noreferrer"
        aria-label={t("route.to", { name: bin.name })}
      >
        <Icon name="route" size="1.375rem" />
      </a>
    </li>
  );
});
