import { useTranslation } from "react-i18next";
import type { CardImport, Deck } from "~/api/types";
import { useFormat } from "~/i18n/format";
import { Icon } from "~/icons/Icon";
import { Button } from "~/ui/Button";
import { ProgressBar } from "../ProgressBar";
import { isOpen } from "./server";
import styles from "./transfer.module.css";

const COUNTS = ["added", "updated", "unchanged", "left_out", "pictures", "reviews"] as const;

type Props = Readonly<{ one: CardImport; decks: readonly Deck[] }>;

/** One file of cards: how far it is, what came of it, and what could not be kept. */
export function Imported({ one, decks }: Props) {
  const { t } = useTranslation("transfer");
  const { moment, percent, number } = useFormat();
  const counts = COUNTS.filter((name) => one.counts[name]);
  return (
    <article className={styles.imported} aria-label={t("of", { moment: moment(one.created_at) })}>
      <h3>{t("of", { moment: moment(one.created_at) })}</h3>
      {isOpen(one) && (
        <div className={styles.progress}>
          <p>{t("working", { share: percent(one.progress / 100) })}</p>
          <ProgressBar label={t("reading")} value={one.progress} max={100} />
        </div>
      )}
      {one.state === "failed" && (
        <p className={styles.refused} role="alert">
          {one.message}
        </p>
      )}
      {one.state === "done" && (
        <p className={styles.done} role="status">
          <Icon name="check" size="1.25rem" /> {t(counts.length > 0 ? "done" : "nothing")}
        </p>
      )}
      {counts.length > 0 && (
        <ul className={styles.counts}>
          {counts.map((name) => (
            <li key={name}>
              {t(`count.${name}`, { count: one.counts[name] ?? 0, number: number(one.counts[name] ?? 0) })}
            </li>
          ))}
        </ul>
      )}
      {one.report.length > 0 && <Report report={one.report} />}
      {one.state === "done" && one.deck_ids.length > 0 && (
        <div className={styles.actions}>
          {one.deck_ids.map((id) => {
            const deck = decks.find((each) => each.id === id);
            return deck ? (
              <Button key={id} variant="outlined" icon="cards" to={`/learn/decks/${id}`}>
                {deck.name}
              </Button>
            ) : null;
          })}
        </div>
      )}
    </article>
  );
}

function Report({ report }: Readonly<{ report: CardImport["report"] }>) {
  const { t } = useTranslation("transfer");
  return (
    <details className={styles.report}>
      <summary>{t("leftOut")}</summary>
      <ul>
        {report.map(({ kind, text, examples }) => (
          <li key={kind}>
            {text}
            {examples.length > 0 && <span>{t("examples", { examples: examples.join(" · ") })}</span>}
          </li>
        ))}
      </ul>
    </details>
  );
}
