import { useTranslation } from "react-i18next";
import type { Item } from "~/api/types";
import { coloursOf } from "~/design/materials";
import { useRatio } from "./ratio";
import styles from "./Picture.module.css";

type Props = Readonly<{
  url: string;
  items: readonly Item[];
  selected: number;
  onSelect: (index: number) => void;
}>;

/** The photo, with a numbered box around each thing found. Choosing a box shows what to do with that thing. */
export function Picture({ url, items, selected, onSelect }: Props) {
  const { t } = useTranslation("coach");
  const several = items.length > 1;
  const { ratio, onLoad } = useRatio(url);
  return (
    <figure className={styles.figure}>
      <div
        className={styles.paper}
        style={{ aspectRatio: ratio, width: `min(100%, var(--most) * ${ratio})` }}
      >
        <img src={url} alt={t("answer.picture")} className={styles.picture} onLoad={onLoad} />
        {items.map((item, index) => {
          const { box } = item;
          if (!box) return null;
          const { mark, on } = coloursOf(item.question ? "unknown" : item.material);
          const [left, top, right, bottom] = box;
          const place = {
            left: percent(left),
            top: percent(top),
            width: percent(right - left),
            height: percent(bottom - top),
            // The smaller lies on top: each can be touched.
            zIndex: Math.round((1 - (right - left) * (bottom - top)) * 100),
            borderColor: mark,
          };
          const number = (
            <span className={styles.number} style={{ background: mark, color: on }}>
              {index + 1}
            </span>
          );
          if (!several)
            return <span key={index} className={styles.box} data-selected style={place} aria-hidden />;
          return (
            <button
              key={index}
              type="button"
              className={styles.box}
              style={place}
              data-selected={index === selected}
              aria-pressed={index === selected}
              aria-label={t("answer.pick", {
                number: index + 1,
                name: item.question ? t("answer.maybe", { name: item.name }) : item.name,
              })}
              onClick={() => {
                onSelect(index);
              }}
            >
              {number}
            </button>
          );
        })}
      </div>
    </figure>
  );
}

const percent = (share: number) => `${share * 100}%`;
