import { useTranslation } from "react-i18next";
import { Icon } from "~/icons/Icon";
import type { Checked } from "./useCheck";
import styles from "./decks.module.css";

type Props = Readonly<{ checked: Checked | null; checking: boolean }>;

/** What may be wrong with a card. Whoever wrote it decides. */
export function Findings({ checked, checking }: Props) {
  const { t } = useTranslation("decks");
  const found = checked && checked.findings.length > 0;
  return (
    <div role="status">
      {checking && <p className={styles.note}>{t("check.looking")}</p>}
      {!checking && checked && !found && (
        <p className={styles.note}>{t(checked.byModel ? "check.nothingByModel" : "check.nothing")}</p>
      )}
      {!checking && found && (
        <section className={styles.findings} aria-label={t("check.title", { name: checked.name })}>
          <p>
            <Icon name="warning" size="1.25rem" /> <strong>{t("check.title", { name: checked.name })}</strong>
          </p>
          <ul>
            {checked.findings.map(({ kind, text }) => (
              <li key={text}>
                <strong>{t(`check.kind.${kind}`)}</strong> {text}
              </li>
            ))}
          </ul>
          <p className={styles.note}>{t(checked.byModel ? "check.byModel" : "check.decide")}</p>
        </section>
      )}
    </div>
  );
}
