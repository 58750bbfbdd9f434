import { useId } from "react";
import { useTranslation } from "react-i18next";
import type { Change, Tag } from "~/api/types";
import { Icon, tagIcon } from "~/icons/Icon";
import { Chip } from "~/ui/Chip";
import styles from "./advice.module.css";

type Props = Readonly<{
  /** States that would change the advice. */
  changes: readonly Change[];
  /** Where it goes now: a change that leads elsewhere says so. */
  category: string;
  chosen: readonly Tag[];
  /** What a model saw in the photo, and nobody has confirmed. */
  seen?: readonly Tag[];
  onChange: (tags: Tag[]) => void;
}>;

/** What a camera cannot see, as switches. */
export function StateToggles({ changes, category, chosen, seen = [], onChange }: Props) {
  const { t } = useTranslation("advice");
  const id = useId();
  if (changes.length === 0) return null;
  const toggled = (tag: Tag) =>
    chosen.includes(tag) ? chosen.filter((one) => one !== tag) : [...chosen, tag];
  return (
    <section className={styles.block} aria-labelledby={id}>
      <h3 id={id}>{t("states.title")}</h3>
      <div className={styles.toggles}>
        {changes.map((change) => {
          const on = chosen.includes(change.tag);
          return (
            <Chip
              key={change.tag}
              aria-pressed={on}
              onClick={() => {
                onChange(toggled(change.tag));
              }}
            >
              <Icon name={on ? "check" : tagIcon(change.tag)} size="1.375rem" />
              <span>
                {change.name}
                {!on && seen.includes(change.tag) && (
                  <small className={styles.moves}>{t("states.seen")}</small>
                )}
                {!on && change.category !== category && (
                  <small className={styles.moves}>→ {change.category_name}</small>
                )}
              </span>
            </Chip>
          );
        })}
      </div>
    </section>
  );
}
