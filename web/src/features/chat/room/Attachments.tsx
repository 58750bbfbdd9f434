import { useRef } from "react";
import { useTranslation } from "react-i18next";
import { useFormat } from "~/i18n/format";
import { Icon } from "~/icons/Icon";
import { Button, IconButton } from "~/ui/Button";
import { toast } from "~/ui/toast";
import { attach, attachAgain, detach, type Attachment } from "../store/attachments";
import { MOST_FILES } from "../store/files";
import styles from "./attachments.module.css";

type InRoom = Readonly<{ room: string }>;

/** Adds files to the message that is being written, and says how many are too many. */
export function useAttach(room: string): (files: FileList | readonly File[] | null) => void {
  const { t } = useTranslation("chat");
  return (files) => {
    if (files && attach(room, [...files]) > 0) toast({ text: t("files.most", { count: MOST_FILES }) });
  };
}

/** Opens the device's own dialog for pictures and files. */
export function AttachButton({ room }: InRoom) {
  const { t } = useTranslation("chat");
  const input = useRef<HTMLInputElement>(null);
  const add = useAttach(room);
  return (
    <>
      <IconButton label={t("files.add")} icon="clip" onClick={() => input.current?.click()} />
      <input
        ref={input}
        type="file"
        multiple
        hidden
        onChange={({ target }) => {
          add(target.files);
          target.value = ""; // or choosing the same file again would be no change
        }}
      />
    </>
  );
}

/** What is added to the message that is being written: how far each is, or why it was not taken. */
export function Attachments({
  room,
  attachments,
}: InRoom & Readonly<{ attachments: readonly Attachment[] }>) {
  const { t } = useTranslation("chat");
  if (attachments.length === 0) return null;
  return (
    <ul className={styles.attachments} aria-label={t("files.list")}>
      {attachments.map((attachment) => (
        <One key={attachment.key} room={room} attachment={attachment} />
      ))}
    </ul>
  );
}

function One({ room, attachment }: InRoom & Readonly<{ attachment: Attachment }>) {
  const { t } = useTranslation("chat");
  const format = useFormat();
  const { key, name, size, phase, share, file, sentence } = attachment;
  return (
    <li className={styles.attachment} data-phase={phase}>
      <Icon
        name={phase === "failed" ? "warning" : file?.kind === "image" ? "image" : "clip"}
        size="1.25rem"
      />
      <div className={styles.about}>
        <p className={styles.name}>{name}</p>
        {phase === "sending" && share < 1 && (
          <progress className={styles.bar} value={share} aria-label={t("files.sending", { name })} />
        )}
        {phase === "failed" ? (
          <p role="alert">{sentence}</p>
        ) : (
          <p className={styles.small}>
            {phase === "ready" ? t("files.ready") : share < 1 ? format.bytes(size) : t("files.looking")}
          </p>
        )}
      </div>
      {phase === "failed" && (
        <Button
          onClick={() => {
            attachAgain(room, key);
          }}
        >
          {t("files.retry")}
        </Button>
      )}
      <IconButton
        label={t("files.cancel", { name })}
        icon="close"
        onClick={() => {
          detach(room, key);
        }}
      />
    </li>
  );
}
