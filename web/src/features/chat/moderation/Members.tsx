import { useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { ModeratorAct, Room, RoomMember } from "~/api/types";
import { usePerson } from "~/api/usePerson";
import { useFormat } from "~/i18n/format";
import { Button, IconButton } from "~/ui/Button";
import { SelectField } from "~/ui/SelectField";
import { toast } from "~/ui/toast";
import { Sheet } from "~/ui/Sheet";
import { Refused } from "../Refused";
import { listMembers } from "../store/server";
import { More } from "./More";
import { moderate } from "./server";
import styles from "./moderation.module.css";

/** Who is in the room, and what can be done about them. */
export function Members({ room }: Readonly<{ room: Room }>) {
  const { t } = useTranslation("moderation");
  const me = usePerson();
  const [chosen, setChosen] = useState<RoomMember | null>(null);
  const parts = useInfiniteQuery({
    queryKey: ["chat", "members", room._id, "all"],
    queryFn: ({ pageParam }) => listMembers(room._id, pageParam),
    initialPageParam: null as string | null,
    getNextPageParam: ({ next }) => next,
    staleTime: 0,
  });
  const members = parts.data?.pages.flatMap(({ items }) => items) ?? [];
  return (
    <More parts={parts}>
      <ul className={styles.list}>
        {members.map((member) => (
          <li key={member.userId} className={styles.row}>
            <span>
              <strong>{member.username}</strong> <span className={styles.quiet}>#{member.hash}</span>
              <Standing member={member} />
            </span>
            {member.userId !== me?.id && mayActOn(room, member) && (
              <IconButton
                label={t("members.actOn", { name: member.username })}
                icon="more"
                onClick={() => {
                  setChosen(member);
                }}
              />
            )}
          </li>
        ))}
      </ul>
      {chosen && (
        <Acts
          room={room}
          member={chosen}
          onClose={() => {
            setChosen(null);
          }}
        />
      )}
    </More>
  );
}

/** As the server sees it: a moderator acts on members, the owner on moderators, too. */
const mayActOn = (room: Room, { role }: RoomMember) =>
  role === "member" || (role === "moderator" && room.role === "owner");

const isMuted = ({ mutedUntil }: RoomMember) => mutedUntil !== null && Date.parse(mutedUntil) > Date.now();

function Standing({ member }: Readonly<{ member: RoomMember }>) {
  const { t } = useTranslation("moderation");
  const format = useFormat();
  const words = [
    member.role !== "member" && t(`role.${member.role}`),
    isMuted(member) && t("members.mutedUntil", { time: format.moment(member.mutedUntil ?? "") }),
  ].filter(Boolean);
  if (words.length === 0) return null;
  return <span className={styles.standing}>{words.join(" · ")}</span>;
}

const SPANS = [
  ["minutes", 10],
  ["hour", 60],
  ["day", 60 * 24],
  ["week", 60 * 24 * 7],
] as const;
type Act = Exclude<ModeratorAct, "unban">;

function Acts({ room, member, onClose }: Readonly<{ room: Room; member: RoomMember; onClose: () => void }>) {
  const { t } = useTranslation("moderation");
  const queries = useQueryClient();
  const [minutes, setMinutes] = useState(60);
  const act = useMutation({
    mutationFn: (action: Act) => moderate(room._id, member.userId, action, minutes),
    onSuccess: (_, action) => {
      toast({ text: t(`members.done.${action}`, { name: member.username }) });
      onClose();
      return queries.invalidateQueries({ queryKey: ["chat"] });
    },
  });
  const muted = isMuted(member);
  const acts: readonly (readonly [Act, boolean])[] = [
    [muted ? "unmute" : "mute", false],
    ...(room.role === "owner"
      ? ([[member.role === "moderator" ? "demote" : "promote", false]] as const)
      : []),
    ["kick", true],
    ["ban", true],
  ];
  return (
    <Sheet title={member.username} onClose={onClose}>
      <SelectField label={t("members.span")}>
        <select
          value={minutes}
          onChange={(event) => {
            setMinutes(Number(event.target.value));
          }}
        >
          {SPANS.map(([name, span]) => (
            <option key={span} value={span}>
              {t(`members.spans.${name}`)}
            </option>
          ))}
        </select>
      </SelectField>
      <div className={styles.acts}>
        {acts.map(([action, bad]) => (
          <Button
            key={action}
            variant="outlined"
            tone={bad ? "bad" : "green"}
            busy={act.isPending}
            onClick={() => {
              act.mutate(action);
            }}
          >
            {t(`members.${action}`)}
          </Button>
        ))}
      </div>
      <p className={styles.quiet}>{t("members.note")}</p>
      {act.isError && <Refused error={act.error} />}
    </Sheet>
  );
}
