import { memo, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Message as MessageDocument } from "~/api/types";
import { useFormat } from "~/i18n/format";
import { Icon } from "~/icons/Icon";
import { IconButton } from "~/ui/Button";
import { toPlain } from "~/ui/markdown/toHtml";
import { Folded } from "../moderation/Folded";
import { BODIES } from "./bodies";
import { MessageMenu } from "./MessageMenu";
import { mentionedBy } from "./mentions";
import type { MessageProps } from "./messageProps";
import { Reactions } from "./Reactions";
import styles from "./message.module.css";

/** One message: who said it and when, what it is by its type, and what can be done with it. */
export const Message = memo(function Message(props: MessageProps) {
  const { message, continues, isMine, me, room, members, repliedTo, onShow } = props;
  const { t } = useTranslation("chat");
  const format = useFormat();
  const [menu, setMenu] = useState(false);
  /** Tab stops at what can be done with a message only in the one that arrows have led to. */
  const [focused, setFocused] = useState(false);
  const Body = BODIES[message.type];
  const time = format.time(message.createdAt);
  const mentioned = useMemo(() => mentionedBy(message, members, me), [message, members, me]);
  const mentionsMe = message.mentions.includes(me);
  const name = isMine ? t("message.you") : message.senderUsername;
  return (
    // It only hears where the focus is.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <article
      className={styles.message}
      data-key={message._id}
      data-seq={message.seq}
      data-mine={isMine || undefined}
      data-continues={continues || undefined}
      data-mentions={mentionsMe || undefined}
      tabIndex={-1}
      onFocus={() => {
        setFocused(true);
      }}
      onBlur={({ currentTarget, relatedTarget }) => {
        if (!currentTarget.contains(relatedTarget)) setFocused(false);
      }}
      aria-label={t(mentionsMe ? "message.toYouBy" : "message.by", { name, time })}
    >
      {!continues && !isMine && (
        <p className={styles.sender}>
          <strong>{message.senderUsername}</strong> <span className={styles.tag}>#{message.senderHash}</span>
        </p>
      )}
      {/* Where the message is read aloud as it comes, its label is not. */}
      {mentionsMe && !isMine && <p className="visually-hidden">{t("message.mentionsYou")}</p>}
      <div className={styles.line}>
        <div className={styles.bubble} data-deleted={message.deleted || undefined}>
          {message.replyTo && !message.deleted && (
            <button
              type="button"
              className={styles.quote}
              disabled={!repliedTo}
              onClick={() => {
                if (repliedTo) onShow(repliedTo.seq);
              }}
            >
              <Icon name="reply" size="1rem" />
              <span>{quoted(repliedTo, t("files.file")) ?? t("message.earlier")}</span>
            </button>
          )}
          {message.deleted ? (
            <p>{t("message.deleted")}</p>
          ) : (
            <Folded folded={message.reported && !isMine}>
              <Body message={message} me={me} room={room} mentioned={mentioned} onShow={onShow} />
            </Folded>
          )}
        </div>
        {!message.deleted && !room.closedAt && (
          <IconButton
            label={t("message.menu")}
            icon="more"
            data-menu
            tabIndex={focused ? 0 : -1}
            onClick={() => {
              setMenu(true);
            }}
          />
        )}
      </div>
      {!message.deleted && <Reactions message={message} me={me} closed={room.closedAt !== null} />}
      <p className={styles.when}>
        <time dateTime={message.createdAt}>{time}</time>
        {message.editedAt && !message.deleted && <span>{t("message.edited")}</span>}
      </p>
      {menu && (
        <MessageMenu
          {...props}
          onClose={() => {
            setMenu(false);
          }}
        />
      )}
    </article>
  );
});

/** `file` stands for a message without words. */
function quoted(message: MessageDocument | null, file: string): string | null {
  if (!message || message.deleted) return null;
  return `${message.senderUsername}: ${toPlain(message.content).slice(0, 80) || file}`;
}
