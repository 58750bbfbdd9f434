import { useEffect, useRef, type KeyboardEvent } from "react";
import { useTranslation } from "react-i18next";
import type { Item } from "~/api/types";
import { coloursOf } from "~/design/materials";
import styles from "./Tabs.module.css";

type Props = Readonly<{ items: readonly Item[]; selected: number; onSelect: (index: number) => void }>;

/** The things found, side by side: one tab stop, arrows move. */
export function Tabs({ items, selected, onSelect }: Props) {
  const { t } = useTranslation("coach");
  const list = useRef<HTMLDivElement>(null);

  useEffect(() => {
    const tab = list.current?.children[selected] as HTMLElement | undefined;
    // Only the list scrolls: `scrollIntoView` would move the page, too.
    if (tab && list.current) list.current.scrollLeft = tab.offsetLeft - list.current.offsetWidth / 3;
  }, [selected]);

  const move = (event: KeyboardEvent) => {
    const last = items.length - 1;
    const to = {
      ArrowRight: selected === last ? 0 : selected + 1,
      ArrowLeft: selected === 0 ? last : selected - 1,
      Home: 0,
      End: last,
    }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    onSelect(to);
    (list.current?.children[to] as HTMLElement | undefined)?.focus();
  };

  return (
    <div
      ref={list}
      role="tablist"
      tabIndex={-1}
      aria-label={t("answer.items")}
      className={styles.tabs}
      onKeyDown={move}
    >
      {items.map((item, index) => {
        const { mark, on } = coloursOf(item.question ? "unknown" : item.material);
        return (
          <button
            key={index}
            type="button"
            role="tab"
            id={`tab-${index}`}
            aria-controls={`panel-${index}`}
            aria-selected={index === selected}
            tabIndex={index === selected ? 0 : -1}
            className={styles.tab}
            onClick={() => {
              onSelect(index);
            }}
          >
            <span className={styles.number} style={{ background: mark, color: on }}>
              {index + 1}
            </span>
            {item.question ? t("answer.maybe", { name: item.name }) : item.name}
          </button>
        );
      })}
    </div>
  );
}
