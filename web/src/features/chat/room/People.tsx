import { useTranslation } from "react-i18next";
import type { Room, RoomMember } from "~/api/types";
import { usePerson } from "~/api/usePerson";
import { Sheet } from "~/ui/Sheet";
import { usePresence } from "../store/presence";
import styles from "./sheets.module.css";

type Props = Readonly<{ room: Room; members: readonly RoomMember[]; onClose: () => void }>;

/** Who is in a room, those who are here now first. */
export function People({ room, members, onClose }: Props) {
  const { t } = useTranslation("chat");
  const me = usePerson();
  const { here } = usePresence(room._id);
  const isHere = ({ userId }: RoomMember) => here?.has(userId) ?? false;
  const sorted = [...members].sort((a, b) => Number(isHere(b)) - Number(isHere(a)));
  return (
    <Sheet title={t("people.title")} onClose={onClose}>
      <ul className={styles.people}>
        {sorted.map((member) => (
          <li key={member.userId}>
            <span className={styles.who}>
              <strong>{member.username}</strong> <span className={styles.tag}>#{member.hash}</span>
            </span>
            <span className={styles.tag}>
              {[
                member.userId === me?.id && t("people.you"),
                member.role !== "member" && t(`role.${member.role}`),
                isHere(member) && t("people.here"),
              ]
                .filter(Boolean)
                .join(" · ")}
            </span>
          </li>
        ))}
      </ul>
    </Sheet>
  );
}
