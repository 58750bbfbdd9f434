import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api, data } from "~/api/client";
import type { SessionSummary } from "~/api/types";
import { useFormat } from "~/i18n/format";
import { Button } from "~/ui/Button";
import { ErrorMessage } from "~/ui/ErrorMessage";
import { Skeleton } from "~/ui/Loading";
import { Section } from "~/ui/Section";
import { toast } from "~/ui/toast";
import styles from "../account.module.css";

/** Where the person is signed in; each can be ended, or all others at once. */
export function Sessions() {
  const { t } = useTranslation("account");
  const client = useQueryClient();
  const sessions = useQuery({
    queryKey: ["account", "sessions"],
    queryFn: () => data(api.GET("/api/v1/auth/sessions")),
    staleTime: 0,
  });
  const end = useMutation({
    mutationFn: (id: string | null) =>
      id === null
        ? data(api.POST("/api/v1/auth/logout-all", { body: { others_only: true } }))
        : data(api.DELETE("/api/v1/auth/sessions/{session_id}", { params: { path: { session_id: id } } })),
    onSuccess: async () => {
      toast({ text: t("sessions.ended") });
      document.querySelector("h1")?.focus(); // the entry is gone with its button
      await client.invalidateQueries({ queryKey: ["account"] });
    },
  });
  return (
    <Section title={t("sessions.title")} note={t("sessions.note")}>
      {sessions.isPending && <Skeleton height="6rem" />}
      {sessions.isError && <ErrorMessage error={sessions.error} onRetry={() => void sessions.refetch()} />}
      {end.isError && <ErrorMessage error={end.error} />}
      <ul className={styles.list}>
        {sessions.data?.map((session) => (
          <Entry
            key={session.id}
            session={session}
            busy={end.isPending}
            onEnd={() => end.mutate(session.id)}
          />
        ))}
      </ul>
      {(sessions.data?.length ?? 0) > 1 && (
        <div>
          <Button variant="outlined" tone="bad" busy={end.isPending} onClick={() => end.mutate(null)}>
            {t("sessions.endOthers")}
          </Button>
        </div>
      )}
    </Section>
  );
}

type EntryProps = Readonly<{ session: SessionSummary; busy: boolean; onEnd: () => void }>;

function Entry({ session, busy, onEnd }: EntryProps) {
  const { t } = useTranslation("account");
  const { ago } = useFormat();
  const device = session.device || t("sessions.unknown");
  return (
    <li className={styles.entry}>
      <span>
        <strong>{device}</strong>
        <small className={styles.small}>
          {session.current ? t("sessions.current") : ago(session.last_used_at)}
          {session.network && ` · ${session.network}`}
        </small>
      </span>
      {!session.current && (
        <Button
          variant="outlined"
          tone="bad"
          aria-label={t("sessions.endOf", { device })}
          busy={busy}
          onClick={onEnd}
        >
          {t("sessions.end")}
        </Button>
      )}
    </li>
  );
}
