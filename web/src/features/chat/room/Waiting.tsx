import { useTranslation } from "react-i18next";
import type { QueuedMessage } from "~/outbox/messages/list";
import { removeMessage, retryMessage } from "~/outbox/messages/queue";
import { Button } from "~/ui/Button";
import { Markdown } from "~/ui/markdown/Markdown";
import { Files } from "./bodies/Files";
import styles from "./message.module.css";

/** A message that is not in the room yet: on its way, waiting for a network, or refused, with why. */
export function Waiting({ message }: Readonly<{ message: QueuedMessage }>) {
  const { t } = useTranslation("chat");
  const { id, content, choices, files, failure, phase } = message;
  return (
    <article
      className={styles.message}
      data-key={id}
      data-mine
      data-waiting
      tabIndex={-1}
      aria-label={t("message.by", { name: t("message.you"), time: t(`waiting.${phase}`) })}
    >
      <div className={styles.line}>
        <div className={styles.bubble}>
          {content && <Markdown text={content} />}
          <Files files={files ?? []} />
          {choices && (
            <ul>
              {choices.map((choice, index) => (
                <li key={index}>{choice}</li>
              ))}
            </ul>
          )}
        </div>
      </div>
      {failure ? (
        <div className={styles.refused} role="alert">
          <p>{failure.sentence}</p>
          <Button onClick={() => void retryMessage(id)}>{t("waiting.retry")}</Button>
          <Button tone="bad" onClick={() => void removeMessage(id)}>
            {t("waiting.remove")}
          </Button>
        </div>
      ) : (
        <p className={styles.when}>{t(`waiting.${phase}`)}</p>
      )}
    </article>
  );
}
