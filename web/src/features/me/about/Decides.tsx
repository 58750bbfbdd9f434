import { useTranslation } from "react-i18next";
import { usePhotosGoTo } from "~/api/usePhotosGoTo";
import { Icon, type IconName } from "~/icons/Icon";
import { Section } from "~/ui/Section";
import styles from "./about.module.css";

const STEPS = [
  ["see", "camera"],
  ["ask", "question"],
  ["rule", "book"],
  ["explain", "speech"],
] as const satisfies readonly (readonly [string, IconName])[];

/** From the photo to the advice, in four steps. */
export function Decides() {
  const { t } = useTranslation("about");
  const host = usePhotosGoTo();
  return (
    <Section title={t("decides.title")}>
      <ol className={styles.steps}>
        {STEPS.map(([step, icon]) => (
          <li key={step}>
            <span className={styles.disc}>
              <Icon name={icon} size="1.5rem" />
            </span>
            <div>
              <h3>{t(`decides.${step}.title`)}</h3>
              <p>{t(`decides.${step}.text`)}</p>
              {step === "see" && host && <p>{t("decides.remote", { host })}</p>}
            </div>
          </li>
        ))}
      </ol>
    </Section>
  );
}
