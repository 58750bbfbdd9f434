import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { describe } from "~/api/describe";
import type { SchoolClass, Suggestion } from "~/api/types";
import { Button } from "~/ui/Button";
import { ErrorMessage } from "~/ui/ErrorMessage";
import { Skeleton } from "~/ui/Loading";
import { Markdown } from "~/ui/markdown/Markdown";
import { Section } from "~/ui/Section";
import { listSuggestions, settle } from "./server";
import styles from "./class.module.css";

/** Scans of pupils that wait for the teacher. */
export function Suggestions({ one }: Readonly<{ one: SchoolClass }>) {
  const { t } = useTranslation("class");
  const found = useQuery({
    queryKey: ["learn", "classes", one.id, "suggestions"],
    queryFn: () => listSuggestions(one.id),
    staleTime: 0,
  });
  return (
    <Section title={t("waiting.title", { count: one.waiting ?? 0 })} note={t("waiting.note")}>
      {found.isPending && <Skeleton height="9rem" />}
      {found.isError && !found.data && (
        <ErrorMessage error={found.error} onRetry={() => void found.refetch()} />
      )}
      <ul className={styles.suggestions}>
        {found.data?.map((suggestion) => (
          <Row key={suggestion.card.id} classId={one.id} suggestion={suggestion} />
        ))}
      </ul>
    </Section>
  );
}

function Row({ classId, suggestion }: Readonly<{ classId: string; suggestion: Suggestion }>) {
  const { t } = useTranslation("class");
  const { card, nickname } = suggestion;
  const queries = useQueryClient();
  const decide = useMutation({
    mutationFn: (accept: boolean) => settle(classId, card.id, accept),
    onSettled: () => queries.invalidateQueries({ queryKey: ["learn"] }),
  });
  return (
    <li className={styles.suggestion}>
      <p className={styles.note}>{t("waiting.by", { name: nickname })}</p>
      <div className={styles.sides}>
        <Markdown text={card.front} pictures={card.media} noName={t("waiting.picture")} />
        <Markdown text={card.back} pictures={card.media} noName={t("waiting.picture")} />
      </div>
      {decide.isError && (
        <p className={styles.refused} role="alert">
          {describe(decide.error).sentence}
        </p>
      )}
      <div className={styles.ways}>
        <Button
          variant="contained"
          icon="check"
          busy={decide.isPending}
          onClick={() => {
            decide.mutate(true);
          }}
        >
          {t("waiting.accept")}
        </Button>
        <Button
          tone="bad"
          icon="trash"
          busy={decide.isPending}
          onClick={() => {
            decide.mutate(false);
          }}
        >
          {t("waiting.remove")}
        </Button>
      </div>
    </li>
  );
}
