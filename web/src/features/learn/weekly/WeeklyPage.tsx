import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { describe } from "~/api/describe";
import { Problem } from "~/api/problem";
import type { WeeklyTestBrief } from "~/api/types";
import { useFormat } from "~/i18n/format";
import { Button } from "~/ui/Button";
import { EmptyState } from "~/ui/EmptyState";
import { ErrorMessage } from "~/ui/ErrorMessage";
import { Skeleton } from "~/ui/Loading";
import { LinkList } from "~/ui/LinkList";
import { Page } from "~/ui/Page";
import { Section } from "~/ui/Section";
import { listTests, makeTest } from "./server";
import styles from "./weekly.module.css";

/** Where this week's test begins, and what became of the others. */
export default function WeeklyPage() {
  const { t } = useTranslation("weekly");
  const tests = useQuery({ queryKey: ["learn", "tests"], queryFn: listTests, staleTime: 0 });
  return (
    <Page title={t("title")} lead={t("lead")}>
      <p>
        <Button icon="back" to="/learn">
          {t("today")}
        </Button>
      </p>
      <ThisWeek />
      {tests.isPending && <Skeleton height="6rem" />}
      {tests.isError && !tests.data && (
        <ErrorMessage error={tests.error} onRetry={() => void tests.refetch()} />
      )}
      {tests.data && tests.data.length > 0 && <Tests tests={tests.data} />}
    </Page>
  );
}

function ThisWeek() {
  const { t } = useTranslation("weekly");
  const navigate = useNavigate();
  const queries = useQueryClient();
  const make = useMutation({
    mutationFn: makeTest,
    onSuccess: (test) => {
      queries.setQueryData(["learn", "tests", test.id], test);
      void navigate(`/learn/test/${test.id}`);
    },
  });
  if (make.error instanceof Problem && make.error.code === "weekly_test_too_few_cards")
    return (
      <EmptyState
        icon="cards"
        title={t("tooFew")}
        actions={
          <Button variant="contained" to="/learn/review">
            {t("review")}
          </Button>
        }
      >
        <p role="alert">{describe(make.error).sentence}</p>
      </EmptyState>
    );
  return (
    <Section title={t("thisWeek")} note={t("thisWeekNote")}>
      {make.isError && (
        <p className={styles.refused} role="alert">
          {describe(make.error).sentence}
        </p>
      )}
      <div>
        <Button
          variant="contained"
          large
          busy={make.isPending}
          onClick={() => {
            make.mutate();
          }}
        >
          {t(make.isPending ? "making" : "begin")}
        </Button>
      </div>
    </Section>
  );
}

function Tests({ tests }: Readonly<{ tests: readonly WeeklyTestBrief[] }>) {
  const { t } = useTranslation("weekly");
  const { day, number } = useFormat();
  return (
    <Section title={t("tests")}>
      <LinkList
        entries={tests.map(({ id, week, right, questions, answered }) => ({
          icon: right === null ? "edit" : "check",
          title: t("weekOf", { day: day(week) }),
          text:
            right === null
              ? t("answered", { answered: number(answered), questions: number(questions) })
              : t("rightOf", { right: number(right), questions: number(questions) }),
          to: `/learn/test/${id}`,
        }))}
      />
    </Section>
  );
}
