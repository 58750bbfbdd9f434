import { useTranslation } from "react-i18next";
import type { Disposal, Part, RuleRef } from "~/api/types";
import { coloursOf, materialOfCategory } from "~/design/materials";
import { useFormat } from "~/i18n/format";
import { Icon, materialIcon } from "~/icons/Icon";
import { hasPictogram, Pictogram } from "./pictograms";
import styles from "./advice.module.css";

type Props = Readonly<{
  disposal: Disposal;
  /** New advice is on its way. */
  pending?: boolean;
}>;

/**
 * Where it goes, and how: the category in its colour, and each step as a picture with its sentence. A step without a
 * picture of its own has its number: a wrong one would be believed before the words are.
 */
export function Steps({ disposal, pending = false }: Props) {
  const { t } = useTranslation("advice");
  const material = materialOfCategory(disposal.category);
  const { mark, on, tint, ink } = coloursOf(material);
  const last = disposal.steps.length - 1;
  return (
    <section className={styles.how} aria-label={t("steps")} aria-busy={pending} data-pending={pending}>
      <p className={styles.category} style={{ background: mark, color: on }}>
        <Icon name={materialIcon(material)} size="1.625rem" />
        {disposal.category_name}
      </p>
      <ol className={styles.steps}>
        {disposal.steps.map((step, index) => {
          const sign = disposal.signs?.[index];
          return (
            <li key={step} className={styles.step}>
              <span className={styles.sign} style={{ background: tint, color: ink }}>
                {index === last ? (
                  <Icon name={materialIcon(material)} size="1.75rem" />
                ) : hasPictogram(sign) ? (
                  <Pictogram sign={sign} />
                ) : (
                  <span aria-hidden>{index + 1}</span>
                )}
              </span>
              <span>{step}</span>
            </li>
          );
        })}
      </ol>
      {!disposal.rule.verified && (
        <p className={styles.notice} role="note">
          <Icon name="question" size="1.125rem" />
          {t("unverified")}
        </p>
      )}
    </section>
  );
}

/** Parts that go elsewhere: "the bottle to glass, the cap to cans". */
export function Parts({ parts }: Readonly<{ parts: readonly Part[] }>) {
  const { t } = useTranslation("advice");
  if (parts.length === 0) return null;
  return (
    <section className={styles.block}>
      <h3>{t("parts")}</h3>
      <ul className={styles.parts}>
        {parts.map((part) => {
          const { tint, ink } = coloursOf(part.material);
          return (
            <li key={part.name} className={styles.part} style={{ background: tint }}>
              <span style={{ color: ink }}>
                <Icon name={materialIcon(part.material)} size="1.5rem" />
              </span>
              <span>{part.name}</span>
              <strong style={{ color: ink }}>{part.category_name}</strong>
            </li>
          );
        })}
      </ul>
    </section>
  );
}

/** Why it goes there, and who says so. */
export function Why({
  disposal,
  reasons = [],
}: Readonly<{ disposal: Disposal; reasons?: readonly string[] | undefined }>) {
  const { t } = useTranslation("advice");
  return (
    <section className={styles.block}>
      <h3>{t("why")}</h3>
      <p>{disposal.why}</p>
      {reasons.length > 0 && <p className={styles.small}>{reasons.join(" ")}</p>}
      <Source rule={disposal.rule} />
    </section>
  );
}

function Source({ rule }: Readonly<{ rule: RuleRef }>) {
  const { t } = useTranslation("advice");
  const { day } = useFormat();
  return (
    <div className={styles.source} data-verified={rule.verified}>
      <Icon name={rule.verified ? "check" : "question"} size="1.125rem" />
      <p>
        {t("rule", { source: rule.source, date: day(rule.date) })}
        <br />
        {t(rule.verified ? "verified" : "notVerified")}
        {rule.region && ` · ${t("region")}`}
      </p>
    </div>
  );
}
