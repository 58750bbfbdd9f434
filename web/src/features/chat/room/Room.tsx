import { useCallback, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Message, Room as RoomDocument } from "~/api/types";
import { Button } from "~/ui/Button";
import { ErrorMessage } from "~/ui/ErrorMessage";
import { FromDevice } from "~/ui/FromDevice";
import { PageSkeleton } from "~/ui/Loading";
import { Page } from "~/ui/Page";
import { loadDrafts } from "~/outbox/messages/drafts";
import { loadAttachments } from "../store/attachments";
import { open, read, useConversation } from "../store/conversation";
import { follow } from "../store/live";
import { Composer } from "./Composer";
import { Messages } from "./Messages";
import { PollMaker } from "./PollMaker";
import { RoomHeader } from "./RoomHeader";
import { RoomSearch } from "./RoomSearch";
import { useMembers } from "./useMembers";
import { useVisibleHeight } from "./useVisibleHeight";
import type { Writing } from "./writing";
import styles from "./room.module.css";

/** A room for its members: its head, what was said, and the field to say something. */
export function Room({ room }: Readonly<{ room: RoomDocument }>) {
  const { t } = useTranslation("chat");
  const id = room._id;
  const conversation = useConversation(id);
  const members = useMembers(id);
  const [writing, setWriting] = useState<Writing>({ kind: "new" });
  const [searching, setSearching] = useState(false);
  const [drafted, setDrafted] = useState(false);
  const field = useRef<HTMLTextAreaElement>(null);
  const place = useVisibleHeight();

  useEffect(() => {
    void open(id).then(() => follow([id]));
    void loadAttachments(id);
    void loadDrafts().then(() => {
      setDrafted(true);
    });
  }, [id]);

  const reply = useCallback((message: Message) => {
    setWriting({ kind: "reply", message });
    field.current?.focus();
  }, []);
  const edit = useCallback((message: Message) => {
    setWriting({ kind: "edit", message });
    field.current?.focus();
  }, []);

  return (
    <Page title={room.name} hideTitle wide>
      <div className={styles.room} ref={place}>
        <RoomHeader
          room={room}
          members={members}
          onSearch={() => {
            setSearching(!searching);
          }}
        />
        {searching && (
          <RoomSearch
            room={id}
            onClose={() => {
              setSearching(false);
            }}
          />
        )}
        {conversation.asOf !== null && (
          <div className={styles.stored}>
            <FromDevice asOf={conversation.asOf} />
            <Button onClick={() => void read(id, null)}>{t("room.again")}</Button>
          </div>
        )}
        {conversation.phase === "failed" ? (
          <ErrorMessage error={conversation.error} onRetry={() => void read(id, null)} />
        ) : conversation.phase === "loading" ? (
          <PageSkeleton />
        ) : (
          <Messages room={room} conversation={conversation} members={members} onReply={reply} onEdit={edit} />
        )}
        {room.closedAt ? (
          <p className={styles.closed}>{t("room.closed")}</p>
        ) : (
          drafted && (
            <Composer
              room={id}
              members={members}
              writing={writing}
              onDone={() => {
                setWriting({ kind: "new" });
              }}
              field={field}
              attachments={<PollMaker room={id} />}
            />
          )
        )}
      </div>
    </Page>
  );
}
