import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { Room, RoomKind } from "~/api/types";
import { useFormat } from "~/i18n/format";
import { Icon, type IconName } from "~/icons/Icon";
import { unreadOf } from "../store/rooms";
import { toPlain } from "~/ui/markdown/toHtml";
import styles from "./lobby.module.css";

const ICONS: Readonly<Record<RoomKind, IconName>> = {
  public: "speech",
  area: "pin",
  private: "people",
  building: "people",
  class: "book",
};

/** A room in a list: its name, what was said last, how much is unread, how many are there. */
export function RoomRow({ room }: Readonly<{ room: Room }>) {
  const { t } = useTranslation("chat");
  const format = useFormat();
  const unread = unreadOf(room);
  return (
    <li>
      <Link to={`/chat/${room._id}`} className={styles.row}>
        <span className={styles.disc}>
          <Icon name={ICONS[room.kind]} size="1.375rem" />
        </span>
        <span className={styles.words}>
          <strong>{room.name}</strong>
          <span className={styles.last}>
            {lastWords(room, (type) => t(`files.${type}`)) ?? t("lobby.nothingSaid")}
          </span>
          <span className={styles.small}>
            {room.lastMessage && <time dateTime={room.updatedAt}>{format.ago(room.updatedAt)}</time>}
            {room.online > 0 && <span>{t("lobby.online", { count: room.online })}</span>}
          </span>
        </span>
        {unread > 0 && (
          <span className={styles.badge}>
            <span aria-hidden>{unread > 99 ? "99+" : format.number(unread)}</span>
            <span className="visually-hidden">{t("lobby.unread", { count: unread })}</span>
          </span>
        )}
      </Link>
    </li>
  );
}

/** `file` names what a message without words is. */
function lastWords({ lastMessage }: Room, file: (type: "picture" | "file") => string): string | null {
  if (!lastMessage) return null;
  const words = toPlain(lastMessage.content).slice(0, 120);
  return `${lastMessage.senderUsername}: ${words || file(lastMessage.type === "image" ? "picture" : "file")}`;
}
