import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { Room, RoomMember } from "~/api/types";
import { Icon } from "~/icons/Icon";
import { IconButton } from "~/ui/Button";
import { useConnected } from "../store/live";
import { usePresence } from "../store/presence";
import { People } from "./People";
import { RoomMenu } from "./RoomMenu";
import { useLate } from "./useLate";
import styles from "./room.module.css";

type Props = Readonly<{ room: Room; members: readonly RoomMember[]; onSearch: () => void }>;

/** Without a connection for so long, the room says so. */
const LATE_MS = 3_000;

/** The head of a room: the way back, its name and who is here, the search, and what can be done with the room. */
export function RoomHeader({ room, members, onSearch }: Props) {
  const { t } = useTranslation("chat");
  const [shown, setShown] = useState<"menu" | "people" | null>(null);
  const { here } = usePresence(room._id);
  const disconnected = useLate(!useConnected(), LATE_MS);
  const close = () => {
    setShown(null);
  };
  return (
    <header className={styles.header}>
      <Link to="/chat" className={styles.back} aria-label={t("room.back")}>
        <Icon name="back" size="1.375rem" />
      </Link>
      <button
        type="button"
        className={styles.name}
        onClick={() => {
          setShown("people");
        }}
      >
        <strong>{room.name}</strong>
        <span className={styles.quiet}>
          {disconnected ? t("room.connecting") : t("room.here", { count: here?.size ?? room.online })}
        </span>
      </button>
      <IconButton label={t("search.open")} icon="search" onClick={onSearch} />
      <IconButton
        label={t("menu.open")}
        icon="more"
        onClick={() => {
          setShown("menu");
        }}
      />
      {shown === "menu" && <RoomMenu room={room} onClose={close} />}
      {shown === "people" && <People room={room} members={members} onClose={close} />}
    </header>
  );
}
