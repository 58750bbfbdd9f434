import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { Result } from "~/api/types";
import { usePerson } from "~/api/usePerson";
import { Button } from "~/ui/Button";
import { announce } from "~/ui/announce";
import { useHere, withNext } from "~/ui/comeBack";
import { cx } from "~/ui/cx";
import { Page } from "~/ui/Page";
import { useBatch } from "~/outbox/photos/batch";
import { usePicture } from "../analysis/useJob";
import { ItemCard } from "./ItemCard";
import { Picture } from "./Picture";
import { Swipe } from "./Swipe";
import { Tabs } from "./Tabs";
import styles from "./answer.module.css";

type Props = Readonly<{ jobId: string; result: Result }>;

/** What was found in the photo and what to do with each thing. */
export function Answer({ jobId, result }: Props) {
  const { t, i18n } = useTranslation("coach");
  const [selected, setSelected] = useState(0);
  const picture = usePicture(jobId, true);
  const { items } = result;
  const first = items[0];
  const said = useSaid(result);
  const batch = useBatch(jobId);
  const guest = usePerson()?.kind !== "account";
  const here = useHere();

  useEffect(() => {
    announce(said);
    // Once, when the answer comes: what changes later is said where it changes.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, []);

  if (!first) return null;
  const several = items.length > 1;
  // A guess is no title: it would be heard as a fact.
  const title = several
    ? t("answer.found", { count: items.length })
    : first.question
      ? t("answer.unsure")
      : first.name;
  return (
    <Page title={title} hideTitle wide>
      {languageOf(result) !== i18n.language && <p className={styles.small}>{t("answer.otherLanguage")}</p>}
      <div
        className={styles.answer}
        data-picture={picture !== null}
        data-asking={Boolean(items[selected]?.question)}
      >
        <div className={styles.side}>
          {picture && <Picture url={picture} items={items} selected={selected} onSelect={setSelected} />}
          {several && <Tabs items={items} selected={selected} onSelect={setSelected} />}
        </div>
        <Swipe selected={selected} onSelect={setSelected} count={items.length}>
          {items.map((item, index) => (
            <ItemCard key={index} jobId={jobId} item={item} index={index} result={result} picture={picture} />
          ))}
        </Swipe>
        <div className={styles.next}>
          {batch?.next && (
            <Button variant="contained" large to={`/answers/${batch.next}`} icon="forward">
              {t("batch.nextOf", { number: batch.number + 1, count: batch.count })}
            </Button>
          )}
          <Button variant={batch?.next ? "outlined" : "contained"} large to="/" icon="camera">
            {t("answer.new")}
          </Button>
        </div>
        {guest && (
          <p className={cx(styles.small, styles.elsewhere)}>
            {t("answer.elsewhere")} <Link to={withNext("/account", here)}>{t("answer.signIn")}</Link>
          </p>
        )}
      </div>
    </Page>
  );
}

/** An answer stays in the language it was asked in, and does not say which one. */
function languageOf({ items }: Result): "ko" | "en" {
  return items.some(({ disposal }) => /\p{Script=Hangul}/u.test(disposal.category_name)) ? "ko" : "en";
}

/** The answer in a sentence, for those who listen. */
function useSaid({ items }: Result): string {
  const { t } = useTranslation("coach");
  const first = items[0];
  if (!first) return "";
  if (first.question) return t("answer.question", { text: first.question.text });
  const known = { name: first.name, category: first.disposal.category_name };
  return items.length > 1
    ? t("answer.readyMany", { count: items.length, ...known })
    : t("answer.ready", known);
}
