import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { RoomBan } from "~/api/types";
import { useFormat } from "~/i18n/format";
import { Button } from "~/ui/Button";
import { EmptyState } from "~/ui/EmptyState";
import { toast } from "~/ui/toast";
import { Refused } from "../Refused";
import { More } from "./More";
import { listBans, moderate } from "./server";
import { useParts } from "./useParts";
import styles from "./moderation.module.css";

/** Who may not come back into the room for now, and the way to let them. */
export function Bans({ room }: Readonly<{ room: string }>) {
  const { t } = useTranslation("moderation");
  const parts = useParts(["bans", room], (cursor) => listBans(room, cursor));
  return (
    <More parts={parts}>
      {parts.items.length === 0 ? (
        <EmptyState icon="check" title={t("bans.none")}>
          <p>{t("bans.noneSentence")}</p>
        </EmptyState>
      ) : (
        <ul className={styles.list}>
          {parts.items.map((ban) => (
            <Ban key={ban.userId} room={room} ban={ban} />
          ))}
        </ul>
      )}
    </More>
  );
}

function Ban({ room, ban }: Readonly<{ room: string; ban: RoomBan }>) {
  const { t } = useTranslation("moderation");
  const format = useFormat();
  const queries = useQueryClient();
  const name = ban.username || t("bans.unknown");
  const lift = useMutation({
    mutationFn: () => moderate(room, ban.userId, "unban"),
    onSuccess: () => {
      toast({ text: t("bans.lifted", { name }) });
      return queries.invalidateQueries({ queryKey: ["chat"] });
    },
  });
  return (
    <li>
      <div className={styles.row}>
        <span>
          <strong>{name}</strong> <span className={styles.quiet}>#{ban.hash}</span>
          <span className={styles.standing}>{t("bans.until", { time: format.moment(ban.until) })}</span>
        </span>
        <Button
          variant="outlined"
          aria-label={`${t("bans.lift")}: ${name}`}
          busy={lift.isPending}
          onClick={() => {
            lift.mutate();
          }}
        >
          {t("bans.lift")}
        </Button>
      </div>
      {lift.isError && <Refused error={lift.error} />}
    </li>
  );
}
