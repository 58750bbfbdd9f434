import { Children, useEffect, useLayoutEffect, useRef, type ReactNode } from "react";
import styles from "./Swipe.module.css";

type Props = Readonly<{
  count: number;
  selected: number;
  onSelect: (index: number) => void;
  children: ReactNode;
}>;

const STILL_MS = 90;

/** Panels side by side: a finger swipes, tabs choose. As high as the panel that is shown. */
export function Swipe({ count, selected, onSelect, children }: Props) {
  const track = useRef<HTMLDivElement>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);

  useEffect(() => {
    const { current } = track;
    if (current) current.scrollLeft = selected * current.clientWidth;
  }, [selected]);

  useLayoutEffect(() => {
    const { current } = track;
    const panel = current?.children[selected];
    if (!current || !panel || count < 2 || typeof ResizeObserver === "undefined") return;
    const fit = new ResizeObserver(() => (current.style.height = `${(panel as HTMLElement).offsetHeight}px`));
    fit.observe(panel);
    return () => {
      fit.disconnect();
    };
  }, [count, selected]);

  if (count < 2) return <div className={styles.only}>{children}</div>;
  return (
    <div
      ref={track}
      className={styles.track}
      onScroll={({ currentTarget }) => {
        clearTimeout(timer.current);
        timer.current = setTimeout(() => {
          const shown = Math.round(currentTarget.scrollLeft / Math.max(1, currentTarget.clientWidth));
          if (shown !== selected && shown < count) onSelect(shown);
        }, STILL_MS);
      }}
    >
      {Children.map(children, (child, index) => (
        <div
          role="tabpanel"
          id={`panel-${index}`}
          aria-labelledby={`tab-${index}`}
          className={styles.panel}
          inert={index !== selected}
        >
          {child}
        </div>
      ))}
    </div>
  );
}
