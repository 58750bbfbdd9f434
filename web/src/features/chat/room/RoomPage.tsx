import { useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { useParams } from "react-router";
import { useQueue } from "~/outbox/messages/list";
import { Button } from "~/ui/Button";
import { EmptyState } from "~/ui/EmptyState";
import { ErrorMessage } from "~/ui/ErrorMessage";
import { PageSkeleton } from "~/ui/Loading";
import { Page } from "~/ui/Page";
import { copyInstead } from "../store/copies";
import { learn, now, removalSeen, useRoom, wasRemoved } from "../store/rooms";
import { getRoom } from "../store/server";
import { useChat } from "../useChat";
import { Entry } from "./Entry";
import { Room } from "./Room";
import { Waiting } from "./Waiting";

/** A room: for its members what is said, for others what it is and the way in. */
export default function RoomPage() {
  const { roomId = "" } = useParams();
  return <RoomAt key={roomId} id={roomId} />;
}

/** What somebody wrote here is not gone where the room cannot be read. */
function Unsent({ room }: Readonly<{ room: string }>) {
  const waiting = useQueue().filter((message) => message.room === room);
  return waiting.map((message) => <Waiting key={message.id} message={message} />);
}

function RoomAt({ id }: Readonly<{ id: string }>) {
  const { t } = useTranslation("chat");
  useChat();
  const room = useRoom(id);
  const query = useQuery({
    queryKey: ["chat", "room", id],
    queryFn: async () => {
      const askedAt = now();
      try {
        const found = await getRoom(id);
        learn([found], askedAt);
        return found;
      } catch (error) {
        const copy = await copyInstead(id, error);
        if (!copy) throw error;
        learn([copy.room], -Infinity); // whatever was heard is newer
        return copy.room;
      }
    },
    staleTime: 0,
  });
  useEffect(
    () => () => {
      removalSeen(id);
    },
    [id],
  );
  if (room?.role) return <Room room={room} />;
  if (wasRemoved(id))
    return (
      <Page title={t("room.gone")}>
        <EmptyState
          icon="leave"
          title={t("room.gone")}
          actions={
            <Button variant="contained" to="/chat">
              {t("room.back")}
            </Button>
          }
        >
          <p>{t("room.goneSentence")}</p>
        </EmptyState>
      </Page>
    );
  if (room) return <Entry room={room} />;
  if (query.isError)
    return (
      <Page title={t("title")}>
        <ErrorMessage error={query.error} onRetry={() => void query.refetch()} />
        <Unsent room={id} />
        <Button to="/chat">{t("room.back")}</Button>
      </Page>
    );
  return <PageSkeleton />;
}
