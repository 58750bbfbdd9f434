/** What a screen reader is told of mentions that it would not read by itself. */
import { person } from "~/api/session";
import type { Message } from "~/api/types";
import { i18n } from "~/i18n";
import { announce } from "~/ui/announce";
import { toPlain } from "~/ui/markdown/toHtml";

/** Of a message of thousands of letters the beginning is enough. */
const MOST_LETTERS = 120;

/** The room whose newest messages are read aloud as they come. */
let readAloud: string | null = null;

/** From now on new messages of `room` are read aloud; gives what ends that. */
export function readsAloud(room: string): () => void {
  readAloud = room;
  return () => {
    if (readAloud === room) readAloud = null;
  };
}

/** Says that `message` mentions the person, unless it is read aloud in its room. */
export function tellOfMention(message: Message): void {
  const me = person()?.id;
  if (!me || message.sender === me || !message.mentions.includes(me) || message.room === readAloud) return;
  const text = toPlain(message.content).slice(0, MOST_LETTERS);
  announce(i18n.t("chat:message.mentionedBy", { name: message.senderUsername, text }));
}
