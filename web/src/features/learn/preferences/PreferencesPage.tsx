import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api, data } from "~/api/client";
import { describe } from "~/api/describe";
import type { LearningPreferences, LearningPreferencesChange } from "~/api/types";
import { useFormat } from "~/i18n/format";
import { Button } from "~/ui/Button";
import { ErrorMessage } from "~/ui/ErrorMessage";
import { Skeleton } from "~/ui/Loading";
import { LinkList } from "~/ui/LinkList";
import { Page } from "~/ui/Page";
import { Section } from "~/ui/Section";
import { SelectField } from "~/ui/SelectField";
import { toast } from "~/ui/toast";
import { dayAfter, PAUSES, withChosen } from "./values";
import styles from "./preferences.module.css";

const KEY = ["learn", "preferences"];
const NEW_A_DAY = [0, 5, 10, 20, 30, 50, 100];
const REVIEWS_A_DAY = [20, 50, 100, 200, 500, 1000];
const WEEK_GOALS = [0, 20, 50, 100, 150, 200, 300, 500];
const RETENTIONS = [0.8, 0.85, 0.9, 0.95];
const ROLLOVERS = [0, 1, 2, 3, 4, 5, 6];

/** What somebody wants of their learning. */
export default function PreferencesPage() {
  const { t } = useTranslation("preferences");
  const known = useQuery({
    queryKey: KEY,
    queryFn: () => data(api.GET("/api/v1/learning/preferences")),
    staleTime: 0,
  });
  return (
    <Page title={t("title")} lead={t("lead")}>
      <p>
        <Button icon="back" to="/learn">
          {t("today")}
        </Button>
      </p>
      {known.isPending && <Skeleton height="16rem" />}
      {known.isError && !known.data && (
        <ErrorMessage error={known.error} onRetry={() => void known.refetch()} />
      )}
      {known.data && <Known preferences={known.data} />}
    </Page>
  );
}

function Known({ preferences }: Readonly<{ preferences: LearningPreferences }>) {
  const { t } = useTranslation("preferences");
  const { number, percent } = useFormat();
  const hour = useHour();
  const change = useChange();
  // Shown at once; a failure puts the old one back.
  const shown = change.isPending ? { ...preferences, ...change.variables } : preferences;
  const set = (news: Change) => {
    change.mutate(news);
  };
  return (
    <>
      {change.isError && (
        <p className={styles.refused} role="alert">
          {describe(change.error).sentence}
        </p>
      )}
      <Section title={t("amount.title")} note={t("amount.note")}>
        <Numbers
          label={t("amount.new")}
          value={shown.new_a_day}
          values={NEW_A_DAY}
          name={(value) => t("cards", { count: value, number: number(value) })}
          onChange={(new_a_day) => {
            set({ new_a_day });
          }}
        />
        <Numbers
          label={t("amount.reviews")}
          value={shown.reviews_a_day}
          values={REVIEWS_A_DAY}
          name={(value) => t("cards", { count: value, number: number(value) })}
          onChange={(reviews_a_day) => {
            set({ reviews_a_day });
          }}
        />
        <Numbers
          label={t("amount.goal")}
          value={shown.week_goal}
          values={WEEK_GOALS}
          name={(value) =>
            value === 0 ? t("amount.noGoal") : t("reviews", { count: value, number: number(value) })
          }
          onChange={(week_goal) => {
            set({ week_goal });
          }}
        />
      </Section>
      <Section
        title={t("schedule.title")}
        note={t(preferences.own_parameters ? "schedule.own" : "schedule.everybody")}
      >
        <Numbers
          label={t("schedule.retention")}
          value={shown.retention}
          values={RETENTIONS}
          name={(value) => {
            const share = percent(value);
            if (value <= 0.8) return t("schedule.fewer", { share });
            if (value >= 0.95) return t("schedule.more", { share });
            return value === 0.9 ? t("schedule.usual", { share }) : share;
          }}
          onChange={(retention) => {
            set({ retention });
          }}
        />
        <p className={styles.note}>{t("schedule.retentionNote")}</p>
        <Numbers
          label={t("schedule.rollover")}
          value={shown.rollover}
          values={ROLLOVERS}
          name={hour}
          onChange={(rollover) => {
            set({ rollover });
          }}
        />
        <p className={styles.note}>{t("schedule.rolloverNote")}</p>
      </Section>
      <Section title={t("scans.title")} note={t("scans.note")}>
        <label className={styles.check}>
          <input
            type="checkbox"
            checked={shown.makes_cards}
            onChange={({ target }) => {
              set({ makes_cards: target.checked });
            }}
          />
          {t("scans.makes")}
        </label>
      </Section>
      <Reminders preferences={shown} onChange={set} />
    </>
  );
}

type NumbersProps = Readonly<{
  label: string;
  value: number;
  values: readonly number[];
  name: (value: number) => string;
  onChange: (value: number) => void;
}>;

/** One of a few numbers, and what was chosen elsewhere. */
function Numbers({ label, value, values, name, onChange }: NumbersProps) {
  return (
    <SelectField label={label}>
      <select
        value={value}
        onChange={({ target }) => {
          onChange(Number(target.value));
        }}
      >
        {withChosen(values, value).map((one) => (
          <option key={one} value={one}>
            {name(one)}
          </option>
        ))}
      </select>
    </SelectField>
  );
}

type RemindersProps = Readonly<{ preferences: LearningPreferences; onChange: (news: Change) => void }>;

/** When reminders come, which the profile says, and a pause of them. */
function Reminders({
  preferences: { reminder_hour, remind_by, paused_until, zone },
  onChange,
}: RemindersProps) {
  const { t } = useTranslation("preferences");
  const { day } = useFormat();
  const hour = useHour();
  const today = new Intl.DateTimeFormat("sv", { timeZone: zone }).format(new Date());
  const paused = paused_until !== null && paused_until > today;
  return (
    <Section
      title={t("reminders.title")}
      note={
        reminder_hour === null ? t("reminders.none") : t("reminders.at", { hour: hour(reminder_hour), zone })
      }
    >
      {reminder_hour !== null && (
        <SelectField label={t("reminders.by")}>
          <select
            value={remind_by}
            onChange={({ target }) => {
              onChange({ remind_by: target.value === "device" ? "device" : "mail" });
            }}
          >
            <option value="mail">{t("reminders.mail")}</option>
            <option value="device">{t("reminders.device")}</option>
          </select>
        </SelectField>
      )}
      {reminder_hour !== null && (
        <SelectField label={t("reminders.pause")}>
          <select
            value={paused ? paused_until : ""}
            onChange={({ target }) => {
              onChange({ paused_until: target.value || null });
            }}
          >
            <option value="">{t("reminders.running")}</option>
            {paused && (
              <option value={paused_until}>{t("reminders.until", { day: day(paused_until) })}</option>
            )}
            {PAUSES.map((days) => (
              <option key={days} value={dayAfter(today, days)}>
                {t("reminders.days", { count: days })}
              </option>
            ))}
          </select>
        </SelectField>
      )}
      <LinkList
        entries={[
          {
            icon: "bell",
            title: t("reminders.profile"),
            text: t("reminders.profileText"),
            to: "/account/profile",
          },
        ]}
      />
    </Section>
  );
}

type Change = Partial<Pick<LearningPreferences, keyof LearningPreferencesChange>>;

function useChange() {
  const { t } = useTranslation("preferences");
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (body: Change) => data(api.PATCH("/api/v1/learning/preferences", { body })),
    scope: { id: "learning preferences" }, // one after the other: the answer of the last one counts
    onSuccess: (now) => {
      queries.setQueryData(KEY, now);
      for (const key of ["due", "stats"]) void queries.invalidateQueries({ queryKey: ["learn", key] });
      toast({ text: t("saved") });
    },
  });
}

/** An hour of the day, as people write it. */
function useHour(): (hour: number) => string {
  const { i18n } = useTranslation();
  const clock = new Intl.DateTimeFormat(i18n.language, { hour: "numeric", timeZone: "UTC" });
  return (hour) => clock.format(hour * 3_600_000);
}
