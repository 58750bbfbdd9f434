import { useTranslation } from "react-i18next";
import calibration from "../../../../../docs/images/model-calibration.svg";
import confusion from "../../../../../docs/images/model-confusion.svg";
import { Section } from "~/ui/Section";
import styles from "./about.module.css";

// Of the size they are drawn in, so that nothing moves when they arrive.
const FIGURES = [
  { name: "calibration", picture: calibration, width: 648, height: 288 },
  { name: "confusion", picture: confusion, width: 972, height: 331 },
] as const;

/** The figures of the model card, drawn by `python -m training.card`. */
export function Figures() {
  const { t } = useTranslation("about");
  return (
    <Section title={t("model.title")} note={t("model.note")}>
      {FIGURES.map(({ name, picture, width, height }) => (
        <figure key={name} className={styles.figure}>
          <a href={picture} aria-label={t("model.full")}>
            <img src={picture} alt={t(`model.${name}Alt`)} width={width} height={height} loading="lazy" />
          </a>
          <figcaption>{t(`model.${name}`)}</figcaption>
        </figure>
      ))}
    </Section>
  );
}
