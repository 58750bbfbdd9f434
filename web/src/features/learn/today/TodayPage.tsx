import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api, data } from "~/api/client";
import type { DueCards, DueCounts } from "~/api/types";
import { useFormat } from "~/i18n/format";
import { useEntries } from "~/outbox/reviews/list";
import { Button } from "~/ui/Button";
import { EmptyState } from "~/ui/EmptyState";
import { ErrorMessage } from "~/ui/ErrorMessage";
import { FromDevice } from "~/ui/FromDevice";
import { LinkList } from "~/ui/LinkList";
import { Skeleton } from "~/ui/Loading";
import { MaterialMark } from "~/ui/MaterialMark";
import { Page } from "~/ui/Page";
import { Section } from "~/ui/Section";
import { useWords } from "~/ui/words";
import { useDue } from "../due";
import { total } from "../review/session";
import { Newcomer } from "./Newcomer";
import { Week } from "./Week";
import styles from "./today.module.css";

/** What is to be reviewed today, and what it is good for tomorrow. */
export default function TodayPage() {
  const { t } = useTranslation("learn");
  const { query, due, asOf, counts } = useDue();
  const decks = useQuery({
    queryKey: ["learn", "decks"],
    queryFn: () => data(api.GET("/api/v1/learning/decks")),
  });
  const isNew = decks.data?.length === 0;
  return (
    <Page title={t("title")} lead={t("lead")}>
      <FromDevice asOf={asOf} />
      {query.isPending && <Skeleton height="14rem" />}
      {query.isError && !due && <ErrorMessage error={query.error} onRetry={() => void query.refetch()} />}
      {due && counts && (isNew ? <Newcomer /> : <Due due={due} counts={counts} />)}
      {due && <Tomorrow materials={due.tomorrow?.materials ?? []} />}
      {!isNew && <Week />}
      {!decks.isPending && (
        <LinkList
          entries={[
            ...(isNew
              ? []
              : ([
                  { icon: "cards", title: t("decks.title"), text: t("decks.text"), to: "/learn/decks" },
                  { icon: "edit", title: t("test.title"), text: t("test.text"), to: "/learn/test" },
                  { icon: "poll", title: t("stats.title"), text: t("stats.text"), to: "/learn/stats" },
                  {
                    icon: "settings",
                    title: t("preferences.title"),
                    text: t("preferences.text"),
                    to: "/learn/preferences",
                  },
                ] as const)),
            { icon: "people", title: t("class.title"), text: t("class.text"), to: "/learn/class" },
          ]}
        />
      )}
    </Page>
  );
}

function Due({ due, counts }: Readonly<{ due: DueCards; counts: DueCounts }>) {
  const { t } = useTranslation("learn");
  const { number } = useFormat();
  const all = total(counts);
  return (
    <>
      {all === 0 ? (
        <EmptyState icon="check" title={t("due.none")}>
          <p>{t("due.noneSentence")}</p>
        </EmptyState>
      ) : (
        <Section title={t("due.title", { count: all })}>
          <dl className={styles.counts}>
            {(["review", "learning", "new"] as const).map((part) => (
              <div key={part}>
                <dt>{t(`part.${part}`)}</dt>
                <dd>{number(counts[part])}</dd>
              </div>
            ))}
          </dl>
          {due.backlog && (
            <p className={styles.note}>
              {t("due.backlog", {
                waiting: number(due.backlog.waiting),
                count: due.backlog.a_day,
                days: number(due.backlog.days),
              })}
            </p>
          )}
          <Button variant="contained" large to="/learn/review">
            {t("due.begin")}
          </Button>
        </Section>
      )}
      <Unsent />
    </>
  );
}

/** How much the server does not know yet. */
export function Unsent() {
  const { t } = useTranslation("learn");
  const count = useEntries().filter(({ kind }) => kind === "review").length;
  if (count === 0) return null;
  return (
    <p className={styles.note} role="status">
      {t("unsent", { count })}
    </p>
  );
}

type TomorrowProps = Readonly<{ materials: NonNullable<DueCards["tomorrow"]>["materials"] }>;

function Tomorrow({ materials }: TomorrowProps) {
  const { t } = useTranslation("learn");
  const words = useWords();
  if (materials.length === 0) return null;
  return (
    <Section title={t("tomorrow.title")} note={t("tomorrow.note")}>
      <ul className={styles.materials}>
        {materials.map((name) => {
          const material = name as Parameters<typeof words.material>[0];
          return (
            <li key={name}>
              <MaterialMark material={material} size="2.25rem" />
              {words.material(material)}
            </li>
          );
        })}
      </ul>
    </Section>
  );
}
