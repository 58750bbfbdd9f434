import { useId } from "react";
import styles from "./answer.module.css";

type Props = Readonly<{
  title: string;
  kinds: readonly Readonly<{ value: string; label: string }>[];
  /** They harm people, or set lorries on fire, in the wrong bag. */
  hazards?: boolean;
  pending: boolean;
  onPick: (value: string) => void;
}>;

/** Kinds of waste as small buttons. */
export function KindButtons({ title, kinds, hazards = false, pending, onPick }: Props) {
  const id = useId();
  if (kinds.length === 0) return null;
  return (
    <div className={styles.kinds} data-hazards={hazards}>
      <h3 id={id}>{title}</h3>
      <div role="group" aria-labelledby={id} className={styles.kindList}>
        {kinds.map(({ value, label }) => (
          <button
            key={value}
            type="button"
            className={styles.kind}
            aria-disabled={pending}
            onClick={() => {
              if (!pending) onPick(value);
            }}
          >
            {label}
          </button>
        ))}
      </div>
    </div>
  );
}
