import { useTranslation } from "react-i18next";
import type { RoomAction } from "~/api/types";
import { useFormat } from "~/i18n/format";
import { EmptyState } from "~/ui/EmptyState";
import { More } from "./More";
import { listActions } from "./server";
import { useParts } from "./useParts";
import styles from "./moderation.module.css";

/** What those who look after the room did, the newest first. */
export function Actions({ room }: Readonly<{ room: string }>) {
  const { t } = useTranslation("moderation");
  const parts = useParts(["actions", room], (cursor) => listActions(room, cursor));
  return (
    <More parts={parts}>
      {parts.items.length === 0 ? (
        <EmptyState icon="history" title={t("actions.none")} />
      ) : (
        <ul className={styles.list}>
          {parts.items.map((action) => (
            <Action key={action._id} action={action} />
          ))}
        </ul>
      )}
    </More>
  );
}

const KINDS = [
  "mute",
  "unmute",
  "kick",
  "ban",
  "unban",
  "promote",
  "demote",
  "removed_message",
  "kept_message",
  "changed",
  "closed",
] as const;
const known = (kind: string) => KINDS.find((each) => each === kind) ?? "changed";

function Action({ action }: Readonly<{ action: RoomAction }>) {
  const { t } = useTranslation("moderation");
  const format = useFormat();
  const { kind, actorUsername, targetUsername, until, createdAt } = action;
  return (
    <li className={styles.row}>
      <span>
        {t(`actions.${known(kind)}`, {
          actor: actorUsername || t("gone"),
          target: targetUsername || t("gone"),
        })}
        {until && <span className={styles.quiet}> {t("actions.until", { time: format.moment(until) })}</span>}
      </span>
      <time className={styles.quiet} dateTime={createdAt}>
        {format.moment(createdAt)}
      </time>
    </li>
  );
}
