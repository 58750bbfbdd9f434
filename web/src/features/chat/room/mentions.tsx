import { useId, useState, type KeyboardEvent, type RefObject, type SyntheticEvent } from "react";
import { useTranslation } from "react-i18next";
import type { Message, RoomMember } from "~/api/types";
import type { Mentioned } from "~/ui/markdown/toHtml";
import styles from "./composer.module.css";

const MOST = 6;
/** The server takes so many. */
const MOST_MENTIONED = 20;

/** The ids of those whose names stand in `text` after an @. */
export function mentionedIn(text: string, members: readonly RoomMember[]): readonly string[] {
  return members
    .filter(({ username }) => text.includes(`@${username}`))
    .map(({ userId }) => userId)
    .slice(0, MOST_MENTIONED);
}

/** Whom `message` mentions, by the names that the room knows. */
export function mentionedBy(
  { mentions }: Pick<Message, "mentions">,
  members: readonly RoomMember[],
  me: string,
): readonly Mentioned[] {
  return members
    .filter(({ userId }) => mentions.includes(userId))
    .map(({ userId, username }) => ({ name: username, isMe: userId === me }));
}

/** What stands after the @ before the cursor; null where no name is being written. */
export function nameBefore(text: string, cursor: number): string | null {
  return /(?:^|\s)@([^\s@]{0,30})$/u.exec(text.slice(0, cursor))?.[1] ?? null;
}

/** The names that begin with what is being written after an @, and what keys and presses do with them. */
export function useMentions(
  text: string,
  members: readonly RoomMember[],
  field: RefObject<HTMLTextAreaElement | null>,
  onText: (text: string) => void,
) {
  const id = useId();
  const [cursor, setCursor] = useState(0);
  const [active, setActive] = useState(0);
  const [dismissed, setDismissed] = useState<string | null>(null);
  const begun = nameBefore(text, cursor);
  const found =
    begun === null || dismissed === text
      ? []
      : members
          .filter(({ username }) => username.toLowerCase().startsWith(begun.toLowerCase()))
          .slice(0, MOST);
  const index = Math.min(active, Math.max(0, found.length - 1));
  const see = (element: HTMLTextAreaElement) => {
    if (element.selectionStart === cursor) return;
    setCursor(element.selectionStart);
    setActive(0);
  };
  const pick = (member: RoomMember) => {
    if (begun === null) return;
    const start = cursor - begun.length;
    const next = `${text.slice(0, start)}${member.username} ${text.slice(cursor)}`;
    const after = start + member.username.length + 1;
    onText(next);
    setCursor(after);
    requestAnimationFrame(() => {
      field.current?.focus();
      field.current?.setSelectionRange(after, after);
    });
  };
  return {
    id,
    found,
    index,
    pick,
    /** To be called after each change of the text. */
    see,
    field: {
      onSelect(event: SyntheticEvent<HTMLTextAreaElement>) {
        see(event.currentTarget);
      },
      "aria-haspopup": "listbox",
      "aria-autocomplete": "list",
      "aria-controls": found.length > 0 ? id : undefined,
      "aria-activedescendant": found.length > 0 ? `${id}-${index}` : undefined,
    } as const,
    /** Whether the key was meant for the list. */
    onKeyDown(event: KeyboardEvent): boolean {
      if (found.length === 0 || event.nativeEvent.isComposing) return false;
      const member = found[index];
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (step) setActive((index + step + found.length) % found.length);
      else if ((event.key === "Enter" || event.key === "Tab") && member) pick(member);
      else if (event.key === "Escape") setDismissed(text);
      else return false;
      event.preventDefault();
      return true;
    },
  };
}

/** The names, to be chosen from. */
export function MentionList({ mentions }: Readonly<{ mentions: ReturnType<typeof useMentions> }>) {
  const { t } = useTranslation("chat");
  const { id, found, index, pick } = mentions;
  if (found.length === 0) return null;
  return (
    <div id={id} role="listbox" aria-label={t("composer.mentions")} className={styles.mentions}>
      {found.map((member, at) => (
        <div
          key={member.userId}
          id={`${id}-${at}`}
          role="option"
          tabIndex={-1}
          aria-selected={at === index}
          className={styles.mention}
          // Keys are the field's.
          onPointerDown={(event) => {
            event.preventDefault();
            pick(member);
          }}
        >
          <strong>{member.username}</strong> <span className={styles.tag}>#{member.hash}</span>
        </div>
      ))}
    </div>
  );
}
