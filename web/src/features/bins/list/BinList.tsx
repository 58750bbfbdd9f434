import { useTranslation } from "react-i18next";
import type { NearbyBin } from "~/api/types";
import { useFormat } from "~/i18n/format";
import { useWords } from "~/ui/words";
import { Icon } from "~/icons/Icon";
import { KindMark } from "./KindMark";
import styles from "./list.module.css";

type Props = Readonly<{
  bins: readonly NearbyBin[];
  hot: string | null;
  onHot: (id: string | null) => void;
  onBin: (bin: NearbyBin) => void;
}>;

/** The nearest bins; the one under the pointer or the focus is lifted on the map, and the other way round. */
export function BinList({ bins, hot, onHot, onBin }: Props) {
  return (
    <ol className={styles.list}>
      {bins.map((bin) => (
        <Row key={bin.id} bin={bin} hot={bin.id === hot} onHot={onHot} onBin={onBin} />
      ))}
    </ol>
  );
}

/** By which a row is found again. */
export function rowId(bin: string): string {
  return `bin-${bin}`;
}

type RowProps = Readonly<{ bin: NearbyBin; hot: boolean }> & Pick<Props, "onHot" | "onBin">;

function Row({ bin, hot, onHot, onBin }: RowProps) {
  const { t } = useTranslation("bins");
  const words = useWords();
  const { distance } = useFormat();
  return (
    // Under the pointer it is lifted on the map; nothing is done by it.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <li
      className={styles.row}
      data-hot={hot || undefined}
      onPointerEnter={() => {
        onHot(bin.id);
      }}
      onPointerLeave={() => {
        onHot(null);
      }}
      onFocus={() => {
        onHot(bin.id);
      }}
      onBlur={() => {
        onHot(null);
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
}
