import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { ReportedMessage } from "~/api/types";
import { usePerson } from "~/api/usePerson";
import { useFormat } from "~/i18n/format";
import { Button } from "~/ui/Button";
import { EmptyState } from "~/ui/EmptyState";
import { toast } from "~/ui/toast";
import { toPlain } from "~/ui/markdown/toHtml";
import { Refused } from "../Refused";
import { More } from "./More";
import { listReports, settle } from "./server";
import { useParts } from "./useParts";
import styles from "./moderation.module.css";

/** What members reported and nobody has looked at: of one room, or of all open ones. */
export function Reports({ room }: Readonly<{ room: string | null }>) {
  const { t } = useTranslation("moderation");
  const parts = useParts(["reports", room], (cursor) => listReports(room, cursor));
  return (
    <More parts={parts}>
      {parts.items.length === 0 ? (
        <EmptyState icon="check" title={t("reports.none")}>
          <p>{t("reports.noneSentence")}</p>
        </EmptyState>
      ) : (
        <ul className={styles.list}>
          {parts.items.map((reported) => (
            <Reported key={reported.message._id} reported={reported} showsRoom={room === null} />
          ))}
        </ul>
      )}
    </More>
  );
}

function Reported({ reported, showsRoom }: Readonly<{ reported: ReportedMessage; showsRoom: boolean }>) {
  const { t } = useTranslation("moderation");
  const { message, reports, roomName } = reported;
  const format = useFormat();
  const queries = useQueryClient();
  const me = usePerson();
  const decide = useMutation({
    mutationFn: (remove: boolean) => settle(message.room, message._id, remove),
    onSuccess: (_, removed) => {
      toast({ text: t(removed ? "reports.removed" : "reports.kept") });
      return queries.invalidateQueries({ queryKey: ["chat"] });
    },
  });
  return (
    <li className={styles.card}>
      <p className={styles.quiet}>
        {[showsRoom && roomName, message.senderUsername, format.moment(message.createdAt)]
          .filter(Boolean)
          .join(" · ")}
      </p>
      <blockquote className={styles.quote}>{toPlain(message.content) || t("reports.noText")}</blockquote>
      <ul className={styles.reasons} aria-label={t("reports.reasons")}>
        {reports.map(({ userId, username, reason }) => (
          <li key={userId}>
            <strong>{username || t("gone")}</strong>{" "}
            <span className={reason ? undefined : styles.quiet}>{reason || t("reports.noReason")}</span>
          </li>
        ))}
      </ul>
      {decide.isError && <Refused error={decide.error} />}
      <div className={styles.buttons}>
        <Button
          variant="contained"
          tone="bad"
          busy={decide.isPending}
          onClick={() => {
            decide.mutate(true);
          }}
        >
          {t("reports.remove")}
        </Button>
        {message.sender !== me?.id && (
          <Button
            variant="outlined"
            busy={decide.isPending}
            onClick={() => {
              decide.mutate(false);
            }}
          >
            {t("reports.keep")}
          </Button>
        )}
      </div>
    </li>
  );
}
