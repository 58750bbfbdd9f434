import { useTranslation } from "react-i18next";
import { Markdown } from "~/ui/markdown/Markdown";
import styles from "./poll.module.css";
import type { BodyProps } from "./props";
import { sharesOf, Votes } from "./Votes";

/** A question with two to four choices; one vote a person, which may be moved. */
export function PollBody({ message, me, room, mentioned }: BodyProps) {
  const { t } = useTranslation("chat");
  const all = (message.poll ?? []).reduce((sum, { votes }) => sum + votes.length, 0);
  return (
    <>
      <Markdown text={message.content} mentioned={mentioned} />
      <Votes
        message={message}
        me={me}
        shares={sharesOf(message)}
        disabled={room.closedAt !== null}
        label={t("poll.choices")}
      />
      <p className={styles.total}>{t("poll.total", { count: all })}</p>
    </>
  );
}
