import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { useParams } from "react-router";
import { describe } from "~/api/describe";
import type { DeckWeek } from "~/api/types";
import { Button } from "~/ui/Button";
import { ErrorMessage } from "~/ui/ErrorMessage";
import { Skeleton } from "~/ui/Loading";
import { Page } from "~/ui/Page";
import { Section } from "~/ui/Section";
import { getDeck, getWeek, showWeek } from "./server";
import styles from "./decks.module.css";

/** A deck that several learn: how much each of them did of it this week, of who shows it. */
export default function WeekPage() {
  const { t } = useTranslation("decks");
  const { deckId = "" } = useParams();
  const deck = useQuery({ queryKey: ["learn", "decks", deckId], queryFn: () => getDeck(deckId) });
  const week = useQuery({
    queryKey: ["learn", "decks", deckId, "week"],
    queryFn: () => getWeek(deckId),
    staleTime: 0,
  });
  return (
    <Page title={t("week.title")} lead={deck.data && t("week.lead", { name: deck.data.name })}>
      <p>
        <Button icon="back" to={`/learn/decks/${deckId}`}>
          {t("week.back")}
        </Button>
      </p>
      {week.isPending && <Skeleton height="12rem" />}
      {week.isError && !week.data && <ErrorMessage error={week.error} onRetry={() => void week.refetch()} />}
      {week.data && (
        <>
          <People week={week.data} />
          <Shown deckId={deckId} week={week.data} />
        </>
      )}
    </Page>
  );
}

function People({ week }: Readonly<{ week: DeckWeek }>) {
  const { t } = useTranslation("decks");
  const hidden = week.members - week.people.length;
  return (
    <Section title={t("week.people")}>
      <ul className={styles.people}>
        {week.people.map(({ name, me, reviewed, known }, index) => (
          <li key={index}>
            <strong>
              {me ? t("week.me", { name: name || t("members.nameless") }) : name || t("members.nameless")}
            </strong>
            <span>
              {t("week.reviewed", { count: reviewed })} · {t("week.known", { count: known })}
            </span>
          </li>
        ))}
      </ul>
      {hidden > 0 && <p className={styles.note}>{t("week.hidden", { count: hidden })}</p>}
      {week.members === 1 && <p className={styles.note}>{t("week.alone")}</p>}
    </Section>
  );
}

/** Whether the others see one's own. */
function Shown({ deckId, week }: Readonly<{ deckId: string; week: DeckWeek }>) {
  const { t } = useTranslation("decks");
  const queries = useQueryClient();
  const show = useMutation({
    mutationFn: (shown: boolean) => showWeek(deckId, shown),
    onSuccess: (_, shown) => {
      queries.setQueryData(["learn", "decks", deckId, "week"], { ...week, shown });
    },
  });
  return (
    <div className={styles.form}>
      <label className={styles.check}>
        <input
          type="checkbox"
          checked={show.isPending ? show.variables : week.shown}
          aria-describedby="show-week-note"
          onChange={({ target }) => {
            show.mutate(target.checked);
          }}
        />
        {t("week.show")}
      </label>
      <p id="show-week-note" className={styles.note}>
        {t("week.showNote")}
      </p>
      {show.isError && (
        <p className={styles.refused} role="alert">
          {describe(show.error).sentence}
        </p>
      )}
    </div>
  );
}
