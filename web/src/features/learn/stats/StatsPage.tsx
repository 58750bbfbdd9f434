import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { api, data } from "~/api/client";
import type { LearningStats, Material } from "~/api/types";
import { useFormat } from "~/i18n/format";
import { Button } from "~/ui/Button";
import { EmptyState } from "~/ui/EmptyState";
import { ErrorMessage } from "~/ui/ErrorMessage";
import { Skeleton } from "~/ui/Loading";
import { Page } from "~/ui/Page";
import { Section } from "~/ui/Section";
import { useWords } from "~/ui/words";
import { calendar, heat } from "./calendar";
import styles from "./stats.module.css";

/** How somebody's learning goes, drawn, and as tables for who listens. */
export default function StatsPage() {
  const { t } = useTranslation("stats");
  const stats = useQuery({
    queryKey: ["learn", "stats"],
    queryFn: () => data(api.GET("/api/v1/learning/stats")),
    staleTime: 0,
  });
  return (
    <Page title={t("title")}>
      <p>
        <Button icon="back" to="/learn">
          {t("today")}
        </Button>
      </p>
      {stats.isPending && <Skeleton height="16rem" />}
      {stats.isError && !stats.data && (
        <ErrorMessage error={stats.error} onRetry={() => void stats.refetch()} />
      )}
      {stats.data && <Known stats={stats.data} />}
    </Page>
  );
}

function Known({ stats }: Readonly<{ stats: LearningStats }>) {
  const { t } = useTranslation("stats");
  const { number } = useFormat();
  const all = stats.heat_map.reduce((sum, { reviews }) => sum + reviews, 0);
  if (all === 0 && stats.forecast.every(({ cards }) => cards === 0))
    return (
      <EmptyState icon="poll" title={t("none")}>
        <p>{t("noneSentence")}</p>
      </EmptyState>
    );
  return (
    <>
      <dl className={styles.numbers}>
        <Value name={t("reviewsToday")}>{number(stats.today.reviews)}</Value>
        <Value name={t("minutes")}>{number(Math.round(stats.today.minutes))}</Value>
        <Value name={t("streak")}>{number(stats.streak.days)}</Value>
      </dl>
      <Year stats={stats} />
      <Forecast stats={stats} />
      <Retention stats={stats} />
    </>
  );
}

function Value({ name, children }: Readonly<{ name: string; children: ReactNode }>) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

/** A square a day, a column a week. */
function Year({ stats: { day, heat_map } }: Readonly<{ stats: LearningStats }>) {
  const { t } = useTranslation("stats");
  const format = useFormat();
  const days = calendar(day, heat_map);
  const all = heat_map.reduce((sum, { reviews }) => sum + reviews, 0);
  return (
    <Section
      title={t("year.title")}
      note={t("year.note", { count: all, days: t("year.days", { count: heat_map.length }) })}
    >
      <div className={styles.year} aria-hidden>
        {days.map((one) => (
          <span
            key={one.day}
            data-heat={heat(one.reviews)}
            title={`${format.day(one.day)} · ${t("reviews", { count: one.reviews })}`}
          />
        ))}
      </div>
      <Table
        caption={t("year.table")}
        head={[t("day"), t("reviewsHead")]}
        rows={heat_map.slice(-31).map((one) => [format.day(one.day), format.number(one.reviews)])}
      />
    </Section>
  );
}

function Forecast({ stats: { forecast } }: Readonly<{ stats: LearningStats }>) {
  const { t } = useTranslation("stats");
  const format = useFormat();
  const most = Math.max(1, ...forecast.map(({ cards }) => cards));
  return (
    <Section title={t("forecast.title")} note={t("forecast.note")}>
      <div className={styles.bars} aria-hidden>
        {forecast.map(({ day, cards }) => (
          <span
            key={day}
            style={{ height: `${(100 * cards) / most}%` }}
            title={`${format.day(day)} · ${t("cards", { count: cards })}`}
          />
        ))}
      </div>
      <p className={styles.ends} aria-hidden>
        <span>{forecast[0] && format.day(forecast[0].day)}</span>
        <span>{forecast.at(-1) && format.day(forecast.at(-1)?.day ?? "")}</span>
      </p>
      <Table
        caption={t("forecast.title")}
        head={[t("day"), t("cardsHead")]}
        rows={forecast.map(({ day, cards }) => [format.day(day), format.number(cards)])}
      />
    </Section>
  );
}

/** How much was still known when it came back, of everything and by material. */
function Retention({ stats: { retention, by_material } }: Readonly<{ stats: LearningStats }>) {
  const { t } = useTranslation("stats");
  const format = useFormat();
  const words = useWords();
  const share = (value: number | null) => (value === null ? "–" : format.percent(value));
  if (retention.every(({ answers }) => answers === 0)) return null;
  return (
    <Section title={t("retention.title")} note={t("retention.note")}>
      <table className={styles.table}>
        <caption className="visually-hidden">{t("retention.title")}</caption>
        <thead>
          <tr>
            <th scope="col">{t("retention.material")}</th>
            {retention.map(({ days }) => (
              <th key={days} scope="col">
                {t("retention.days", { count: days })}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          <tr>
            <th scope="row">{t("retention.all")}</th>
            {retention.map((one) => (
              <td key={one.days}>{share(one.share)}</td>
            ))}
          </tr>
          {by_material.map(({ material, retention: parts }) => (
            <tr key={material ?? ""}>
              <th scope="row">{material ? words.material(material as Material) : t("retention.others")}</th>
              {parts.map((one) => (
                <td key={one.days}>{share(one.share)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </Section>
  );
}

type TableProps = Readonly<{
  caption: string;
  head: readonly string[];
  rows: readonly (readonly string[])[];
}>;

/** What a drawing shows, in words. */
function Table({ caption, head, rows }: TableProps) {
  return (
    <div className="visually-hidden">
      <table>
        <caption>{caption}</caption>
        <thead>
          <tr>
            {head.map((cell) => (
              <th key={cell} scope="col">
                {cell}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(([first, ...others]) => (
            <tr key={first}>
              <th scope="row">{first}</th>
              {others.map((cell, index) => (
                <td key={index}>{cell}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
