import { useTranslation } from "react-i18next";
import { materialValues } from "~/api/generated/schema";
import { useWords } from "~/ui/words";
import { MaterialMark } from "~/ui/MaterialMark";
import { Section } from "~/ui/Section";
import styles from "./about.module.css";

/** Every material with its colour, its sign and its name. */
export function Colours() {
  const { t } = useTranslation("about");
  const words = useWords();
  return (
    <Section title={t("colours.title")} note={t("colours.note")}>
      <ul className={styles.colours}>
        {materialValues.map((material) => (
          <li key={material}>
            <MaterialMark material={material} size="min(2.5rem, 12vw)" />
            {words.material(material)}
          </li>
        ))}
      </ul>
    </Section>
  );
}
