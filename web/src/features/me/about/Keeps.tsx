import { useTranslation } from "react-i18next";
import { Section } from "~/ui/Section";
import styles from "./about.module.css";

const KEPT = ["photo", "answer", "taught", "waiting", "place", "name", "device"] as const;

/** What is kept of a person and for how long (docs/settings.md, "What is kept of a person"). */
export function Keeps() {
  const { t } = useTranslation("about");
  return (
    <Section title={t("keeps.title")} note={t("keeps.note")}>
      <dl className={styles.kept}>
        {KEPT.map((thing) => (
          <div key={thing}>
            <dt>{t(`keeps.${thing}.what`)}</dt>
            <dd>{t(`keeps.${thing}.long`)}</dd>
          </div>
        ))}
      </dl>
    </Section>
  );
}
