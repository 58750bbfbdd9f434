import { useTranslation } from "react-i18next";
import { Icon, type IconName } from "~/icons/Icon";
import { Section } from "~/ui/Section";
import styles from "./about.module.css";

// Pages of the platform itself: plain links, not routes.
const LINKS = [
  ["detect", "detect", "/detect/"],
  ["api", "book", "/docs"],
  ["licences", "about", "/licences.txt"],
] as const satisfies readonly (readonly [string, IconName, string])[];

/** Where else to look. */
export function More() {
  const { t } = useTranslation("about");
  return (
    <Section title={t("more.title")}>
      <ul className={styles.links}>
        {LINKS.map(([name, icon, address]) => (
          <li key={name}>
            <a href={address}>
              <Icon name={icon} size="1.5rem" />
              <span>
                <strong>{t(`more.${name}.title`)}</strong>
                <span>{t(`more.${name}.text`)}</span>
              </span>
              <Icon name="forward" size="1.25rem" />
            </a>
          </li>
        ))}
      </ul>
    </Section>
  );
}
