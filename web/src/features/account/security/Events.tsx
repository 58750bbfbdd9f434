import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, data } from "~/api/client";
import type { SecurityEvent } from "~/api/types";
import { useFormat } from "~/i18n/format";
import { Button } from "~/ui/Button";
import { ErrorMessage } from "~/ui/ErrorMessage";
import { Skeleton } from "~/ui/Loading";
import { Section } from "~/ui/Section";
import styles from "../account.module.css";

const FEW = 5;
const KINDS = [
  "deleted",
  "disabled",
  "email_changed",
  "email_put_back",
  "enabled",
  "exported",
  "factors_reset",
  "identity_linked",
  "identity_unlinked",
  "passkey_added",
  "passkey_removed",
  "password_changed",
  "reauthentication_failed",
  "recovery_code_made",
  "recovery_code_used",
  "recovery_codes_made",
  "refresh_token_reused",
  "registered",
  "role_given",
  "roles_taken",
  "second_factor_failed",
  "sessions_ended",
  "sign_in_failed",
  "sign_in_refused",
  "signed_in",
  "signed_out",
  "totp_added",
  "totp_removed",
] as const;
type Kind = (typeof KINDS)[number] | "other";

const kindOf = ({ kind }: SecurityEvent): Kind => KINDS.find((known) => known === kind) ?? "other";

/** What happened to the account, the newest first: who sees something that they did not do can act. */
export function Events() {
  const { t } = useTranslation("account");
  const { moment } = useFormat();
  const [all, setAll] = useState(false);
  const events = useQuery({
    queryKey: ["account", "events"],
    queryFn: () => data(api.GET("/api/v1/auth/events")),
    staleTime: 0,
  });
  const known = events.data ?? [];
  return (
    <Section title={t("events.title")} note={t("events.note")}>
      {events.isPending && <Skeleton height="8rem" />}
      {events.isError && <ErrorMessage error={events.error} onRetry={() => void events.refetch()} />}
      <ul className={styles.list}>
        {known.slice(0, all ? undefined : FEW).map((event) => (
          <li key={event.at + event.kind} className={styles.entry}>
            <span>
              <strong>{t(`event.${kindOf(event)}`)}</strong>
              <small className={styles.small}>
                {[moment(event.at), event.device, event.network].filter(Boolean).join(" · ")}
              </small>
            </span>
          </li>
        ))}
      </ul>
      {!all && known.length > FEW && (
        <div>
          <Button
            variant="outlined"
            onClick={() => {
              setAll(true);
            }}
          >
            {t("events.all")}
          </Button>
        </div>
      )}
    </Section>
  );
}
