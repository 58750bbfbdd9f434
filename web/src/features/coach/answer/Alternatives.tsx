import { useTranslation } from "react-i18next";
import type { Alternative } from "~/api/types";
import { coloursOf, materialOfCategory } from "~/design/materials";
import { Icon, materialIcon } from "~/icons/Icon";
import { Chip } from "~/ui/Chip";
import { ReplyError } from "./ReplyError";
import styles from "./answer.module.css";

type Props = Readonly<{
  alternatives: readonly Alternative[];
  pending: boolean;
  error: unknown;
  onPick: (item: string) => void;
}>;

/** What the same thing could be called, too. */
export function Alternatives({ alternatives, pending, error, onPick }: Props) {
  const { t } = useTranslation("coach");
  if (alternatives.length === 0) return null;
  return (
    <section className={styles.block}>
      <h3>{t("alternatives.title")}</h3>
      <div className={styles.chips}>
        {alternatives.map(({ item, name, category }) => {
          const material = materialOfCategory(category);
          return (
            <Chip
              key={item}
              aria-disabled={pending}
              onClick={() => {
                if (!pending) onPick(item);
              }}
            >
              <span style={{ color: coloursOf(material).ink }}>
                <Icon name={materialIcon(material)} size="1.25rem" />
              </span>
              {name}
            </Chip>
          );
        })}
      </div>
      <ReplyError error={error} />
    </section>
  );
}
