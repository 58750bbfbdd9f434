import { useMutation } from "@tanstack/react-query";
import { useEffect, useLayoutEffect, useRef, useState, type ReactNode, type RefObject } from "react";
import { useTranslation } from "react-i18next";
import { describe } from "~/api/describe";
import type { RoomMember } from "~/api/types";
import { draftOf, keepDraft } from "~/outbox/messages/drafts";
import { addMessage } from "~/outbox/messages/queue";
import { Icon } from "~/icons/Icon";
import { IconButton } from "~/ui/Button";
import { takeReady, useAttachments } from "../store/attachments";
import { changed, goToNewest } from "../store/conversation";
import { tellTyping } from "../store/live";
import { editMessage } from "../store/server";
import { toPlain } from "~/ui/markdown/toHtml";
import { AttachButton, Attachments, useAttach } from "./Attachments";
import { mentionedIn, MentionList, useMentions } from "./mentions";
import { useEnterSends } from "./useEnterSends";
import type { Writing } from "./writing";
import styles from "./composer.module.css";

type Props = Readonly<{
  room: string;
  members: readonly RoomMember[];
  writing: Writing;
  /** It was sent, or is not wanted any more. */
  onDone: () => void;
  field: RefObject<HTMLTextAreaElement | null>;
  /** Beside the field: what else can be added to a message. */
  attachments?: ReactNode;
}>;

const LONGEST = 4000;
/** Milliseconds between two words that somebody is writing; others forget it after six seconds. */
const TYPING_EVERY_MS = 3_000;

/** The field of a room: for a new message, an answer, or another wording of an earlier one. */
export function Composer({ room, members, writing, onDone, field, attachments }: Props) {
  const { t } = useTranslation("chat");
  const [text, setText] = useState(() => draftOf(room));
  const edit = useMutation({
    mutationFn: ({ id, content }: { id: string; content: string }) => editMessage(id, content),
    onSuccess(message) {
      changed(message);
      finish();
    },
  });
  const mentions = useMentions(text, members, field, setText);
  const attached = useAttachments(room);
  const add = useAttach(room);
  const isEdit = writing.kind === "edit";
  const isSending = !isEdit && attached.some(({ phase }) => phase === "sending");
  const hasFiles = !isEdit && attached.some(({ phase }) => phase === "ready");
  const typing = useTyping(room);
  useFieldText(writing, room, setText);

  const finish = () => {
    setText(writing.kind === "edit" ? draftOf(room) : "");
    if (writing.kind !== "edit") void keepDraft(room, "");
    typing.stop();
    edit.reset();
    onDone();
  };

  const send = () => {
    const content = (field.current?.value ?? text).trim();
    if (!(content || hasFiles) || isSending || edit.isPending) return;
    if (writing.kind === "edit") {
      edit.mutate({ id: writing.message._id, content });
      return;
    }
    void addMessage({
      room,
      content,
      replyTo: writing.kind === "reply" ? writing.message._id : null,
      mentions: mentionedIn(content, members),
      files: takeReady(room),
    });
    void goToNewest(room);
    finish();
  };
  const enter = useEnterSends(field, send);

  useLayoutEffect(() => {
    grow(field.current);
  }, [text, field]);

  return (
    <div className={styles.composer}>
      {writing.kind !== "new" && (
        <div className={styles.about}>
          <Icon name={writing.kind === "reply" ? "reply" : "edit"} size="1.125rem" />
          <p>
            {writing.kind === "reply"
              ? t("composer.replyTo", { name: writing.message.senderUsername })
              : t("composer.editing")}
            : {toPlain(writing.message.content).slice(0, 100)}
          </p>
          <IconButton
            label={t("composer.cancel")}
            icon="close"
            onClick={() => {
              finish();
              field.current?.focus();
            }}
          />
        </div>
      )}
      {edit.isError && (
        <p className={styles.refused} role="alert">
          {describe(edit.error).sentence}
        </p>
      )}
      <MentionList mentions={mentions} />
      {!isEdit && <Attachments room={room} attachments={attached} />}
      <div className={styles.line}>
        {!isEdit && <AttachButton room={room} />}
        {attachments}
        <textarea
          ref={field}
          className={styles.field}
          rows={1}
          value={text}
          maxLength={LONGEST}
          aria-label={t("composer.label")}
          placeholder={t("composer.label")}
          enterKeyHint={enter.sends ? "send" : "enter"}
          {...mentions.field}
          onChange={(event) => {
            setText(event.target.value);
            mentions.see(event.target);
            if (writing.kind !== "edit") {
              void keepDraft(room, event.target.value);
              typing.go(event.target.value !== "");
            }
          }}
          {...enter.handlers}
          onPaste={(event) => {
            if (isEdit || event.clipboardData.types.includes("text/plain")) return;
            if (event.clipboardData.files.length > 0) add(event.clipboardData.files);
          }}
          onKeyDown={(event) => {
            if (mentions.onKeyDown(event)) return;
            if (event.key === "Escape" && writing.kind !== "new") finish();
            enter.onKeyDown(event);
          }}
        />
        <button
          type="button"
          className={styles.send}
          aria-label={t("composer.send")}
          disabled={isSending || (text.trim() === "" && !hasFiles)}
          // The field keeps the focus, and a phone its keyboard.
          onPointerDown={(event) => {
            event.preventDefault();
          }}
          onClick={enter.press}
        >
          <Icon name="send" size="1.5rem" />
        </button>
      </div>
    </div>
  );
}

/** What stands in the field follows from what it is for: an earlier message's words, or the draft. */
function useFieldText(writing: Writing, room: string, setText: (text: string) => void): void {
  const before = useRef<Writing>(writing);
  useEffect(() => {
    if (before.current === writing) return;
    before.current = writing;
    if (writing.kind === "edit") setText(writing.message.content);
  }, [writing, room, setText]);
}

/** Tells others that somebody is writing, now and then, and that they have stopped. */
function useTyping(room: string) {
  const told = useRef(0);
  const stop = () => {
    if (told.current > 0) tellTyping(room, false);
    told.current = 0;
  };
  useEffect(
    () => () => {
      if (told.current > 0) tellTyping(room, false);
    },
    [room],
  );
  return {
    stop,
    go(isWriting: boolean) {
      if (!isWriting) stop();
      else if (Date.now() - told.current > TYPING_EVERY_MS) {
        told.current = Date.now();
        tellTyping(room, true);
      }
    },
  };
}

/** As high as its text, up to what the style sheet allows. */
function grow(field: HTMLTextAreaElement | null): void {
  if (!field) return;
  field.style.height = "auto";
  field.style.height = `${field.scrollHeight + field.offsetHeight - field.clientHeight}px`;
}
