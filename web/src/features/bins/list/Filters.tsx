import { useTranslation } from "react-i18next";
import type { BinKind, BinMap } from "~/api/types";
import { useFormat } from "~/i18n/format";
import { useWords } from "~/ui/words";
import { binIcon, Icon } from "~/icons/Icon";
import { coloursOfKind, KINDS } from "../kinds";
import styles from "./list.module.css";

type Props = Readonly<{
  chosen: readonly BinKind[];
  /** How many of each kind the map shows; null while that is unknown. */
  counts: BinMap["kinds"] | null;
  /** Kinds that there are anywhere; null while that is unknown. */
  known: readonly BinKind[] | null;
  onChange: (kinds: readonly BinKind[]) => void;
}>;

/** Which kinds to show: none chosen means all. */
export function Filters({ chosen, counts, known, onChange }: Props) {
  const { t } = useTranslation("bins");
  const words = useWords();
  const { number } = useFormat();
  if (!known) return <div className={styles.loading} />;
  const shown = KINDS.filter((kind) => known.includes(kind) || chosen.includes(kind));
  if (shown.length < 2 && !chosen.length) return null;
  const toggle = (kind: BinKind) => {
    onChange(KINDS.filter((one) => (one === kind) !== chosen.includes(one)));
  };
  return (
    <ul className={styles.filters} aria-label={t("filters.label")}>
      <li>
        <button
          type="button"
          aria-pressed={!chosen.length}
          onClick={() => {
            onChange([]);
          }}
        >
          {t("filters.all")}
        </button>
      </li>
      {shown.map((kind) => {
        const count = counts && (counts.find((one) => one.kind === kind)?.count ?? 0);
        return (
          <li key={kind}>
            <button
              type="button"
              aria-pressed={chosen.includes(kind)}
              data-none={count === 0 || undefined}
              onClick={() => {
                toggle(kind);
              }}
            >
              <span className={styles.icon} style={{ color: coloursOfKind(kind).ink }}>
                <Icon name={binIcon(kind)} size="1.25rem" />
              </span>
              {words.bin(kind)}
              {count !== null && (
                <span className={styles.count}>
                  {number(count, { notation: "compact" })}
                  <span className="visually-hidden"> {t("filters.here")}</span>
                </span>
              )}
            </button>
          </li>
        );
      })}
    </ul>
  );
}
