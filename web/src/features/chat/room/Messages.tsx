import {
  useCallback,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
  useSyncExternalStore,
  type KeyboardEvent,
} from "react";
import { useTranslation } from "react-i18next";
import type { Message as MessageDocument, Room, RoomMember } from "~/api/types";
import { usePerson } from "~/api/usePerson";
import { useFormat } from "~/i18n/format";
import { useQueue } from "~/outbox/messages/list";
import { Button } from "~/ui/Button";
import { ErrorMessage } from "~/ui/ErrorMessage";
import { readsAloud } from "../store/aloud";
import { goTo, goToNewest, loadNewer, loadOlder, type Conversation } from "../store/conversation";
import { usePresence } from "../store/presence";
import { unreadOf } from "../store/rooms";
import { Message } from "./Message";
import { makeReader } from "./reader";
import { Waiting } from "./Waiting";
import styles from "./room.module.css";

type Props = Readonly<{
  room: Room;
  conversation: Conversation;
  members: readonly RoomMember[];
  onReply: (message: MessageDocument) => void;
  onEdit: (message: MessageDocument) => void;
}>;

/** What was said in a room, and what is on its way there. */
export function Messages({ room, conversation, members, onReply, onEdit }: Props) {
  const { t } = useTranslation("chat");
  const format = useFormat();
  const me = usePerson()?.id ?? "";
  const { messages, hasOlder, hasNewer, firstUnread, error } = conversation;
  const waiting = useWaiting(room._id, messages);
  const scroller = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const [reader] = useState(() => makeReader(room._id));
  const reading = useSyncExternalStore(reader.subscribe, reader.shown);
  const byId = useMemo(() => new Map(messages.map((message) => [message._id, message])), [messages]);
  const unread = unreadOf(room);
  // The same function for all drawings: messages that have not changed are not drawn anew.
  const show = useCallback((seq: number) => void goTo(room._id, seq), [room._id]);

  useLayoutEffect(() => {
    reader.settle(conversation);
  }, [reader, conversation, waiting.length]);
  useLayoutEffect(
    () =>
      scroller.current && content.current ? reader.attach(scroller.current, content.current) : undefined,
    [reader],
  );
  useEffect(() => (reading.atEnd ? readsAloud(room._id) : undefined), [reading.atEnd, room._id]);

  return (
    <div className={styles.messages}>
      {/* Who reads with the keyboard scrolls it, and goes from message to message by arrows. */}
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions */}
      <div
        ref={scroller}
        className={styles.scroller}
        onScroll={reader.remember}
        onKeyDown={moveByArrows}
        role="log"
        aria-label={t("room.log")}
        aria-live={reading.atEnd ? "polite" : "off"}
        // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
        tabIndex={0}
      >
        <div ref={content} className={styles.content}>
          {!hasOlder && (
            <p className={styles.beginning}>{t(room.firstSeq > 1 ? "room.forgotten" : "room.beginning")}</p>
          )}
          {error !== null && !hasNewer && (
            <ErrorMessage error={error} onRetry={() => void loadOlder(room._id)} />
          )}
          {messages.map((message, index) => {
            const before = messages[index - 1];
            const day = format.day(message.createdAt);
            return [
              (!before || format.day(before.createdAt) !== day) && (
                <p key={`day ${message._id}`} className={styles.day}>
                  {day}
                </p>
              ),
              message.seq === firstUnread && (
                <p key="unread" className={styles.unread} data-unread>
                  {t("room.unreadFrom")}
                </p>
              ),
              <Message
                key={message._id}
                message={message}
                continues={continues(before, message)}
                isMine={message.sender === me}
                me={me}
                room={room}
                members={members}
                repliedTo={message.replyTo ? (byId.get(message.replyTo) ?? null) : null}
                onShow={show}
                onReply={onReply}
                onEdit={onEdit}
              />,
            ];
          })}
          {!hasNewer && waiting.map((message) => <Waiting key={message.id} message={message} />)}
          {error !== null && hasNewer && (
            <ErrorMessage error={error} onRetry={() => void loadNewer(room._id)} />
          )}
        </div>
      </div>
      <WhoWrites room={room._id} />
      <div className={styles.jumps}>
        {reading.unreadAbove && firstUnread !== null && (
          <Button variant="outlined" className={styles.jump} onClick={() => void goTo(room._id, firstUnread)}>
            {t("room.toUnread")}
          </Button>
        )}
        {(!reading.atEnd || hasNewer) && (
          <Button
            variant="outlined"
            icon="down"
            className={styles.jump}
            onClick={() => void goToNewest(room._id)}
          >
            {unread > 0 ? t("room.newBelow", { count: unread }) : t("room.toNewest")}
          </Button>
        )}
      </div>
    </div>
  );
}

/** Who is writing now; a part of its own, since it changes often. */
function WhoWrites({ room }: Readonly<{ room: string }>) {
  const { t } = useTranslation("chat");
  const format = useFormat();
  const { writing } = usePresence(room);
  const names = writing.map(({ username }) => username);
  return (
    <p className={styles.writing} role="status">
      {names.length > 2
        ? t("room.manyWrite")
        : names.length > 0 && t("room.write", { names: format.list(names) })}
    </p>
  );
}

/** What is on its way, without what has arrived already: each message is shown once. */
function useWaiting(room: string, messages: readonly MessageDocument[]) {
  const queue = useQueue();
  return useMemo(() => {
    const arrived = new Set(messages.map(({ clientId }) => clientId));
    return queue.filter((one) => one.room === room && !arrived.has(one.id));
  }, [queue, room, messages]);
}

const SOON_MS = 5 * 60_000;

/** Whether a message needs no name above it: the same person said something just before. */
function continues(before: MessageDocument | undefined, message: MessageDocument): boolean {
  return (
    before?.sender === message.sender &&
    !before.deleted &&
    Date.parse(message.createdAt) - Date.parse(before.createdAt) < SOON_MS
  );
}

function moveByArrows(event: KeyboardEvent<HTMLDivElement>): void {
  const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
  const at = (event.target as HTMLElement).closest<HTMLElement>("[data-key]");
  if (event.key === "Enter" && at === event.target) {
    event.preventDefault(); // or the same key would press what the menu gives the focus to
    at.querySelector<HTMLElement>("[data-menu]")?.click();
  }
  if (!step || (event.target as HTMLElement).matches("input, textarea")) return;
  const all = [...event.currentTarget.querySelectorAll<HTMLElement>("[data-key]")];
  const next = at ? all[all.indexOf(at) + step] : all.at(-1);
  if (!next) return;
  event.preventDefault();
  next.focus();
}
