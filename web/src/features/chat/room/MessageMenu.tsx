import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { describe } from "~/api/describe";
import { Button } from "~/ui/Button";
import { toast } from "~/ui/toast";
import { Sheet } from "~/ui/Sheet";
import { Refused } from "../Refused";
import { keepUnread, removed } from "../store/conversation";
import { askCoach, deleteMessage, reportMessage } from "../store/server";
import type { MessageProps } from "./messageProps";
import { useReact } from "./Reactions";
import forms from "../form.module.css";
import styles from "./sheets.module.css";

const SIGNS = ["👍", "❤️", "😂", "😮", "😢", "🙏"] as const;

type Part = "delete" | "report";

/** What can be done with a message: by everybody, by who wrote it, and by those who look after the room. */
export function MessageMenu(props: MessageProps & Readonly<{ onClose: () => void }>) {
  const { message, isMine, me, room, onReply, onEdit, onClose } = props;
  const { t } = useTranslation("chat");
  const [part, setPart] = useState<Part | null>(null);
  const put = useReact(message);
  const ask = useMutation({
    mutationFn: () => askCoach(message._id),
    onSuccess: () => {
      toast({ text: t("coach.looks") });
    },
    onError: (error) => {
      toast({ text: describe(error).sentence });
    },
  });
  const mayRemove = isMine || room.role !== "member";
  const then = (act: () => void) => () => {
    onClose();
    // The dialog gives the focus back first; what opens now takes it.
    setTimeout(act);
  };
  return (
    <Sheet title={t(part ? `message.${part}` : "message.menu")} onClose={onClose}>
      {part === null && (
        <div className={styles.choices}>
          <div className={styles.signs} role="group" aria-label={t("message.react")}>
            {SIGNS.map((sign) => {
              const on = message.reactions[sign]?.includes(me) ?? false;
              return (
                <button
                  key={sign}
                  type="button"
                  aria-pressed={on}
                  aria-label={sign}
                  onClick={() => {
                    put.mutate({ sign, on: !on });
                    onClose();
                  }}
                >
                  {sign}
                </button>
              );
            })}
          </div>
          <Button icon="reply" onClick={then(() => onReply(message))}>
            {t("message.reply")}
          </Button>
          {message.type === "image" && (
            <Button
              icon="camera"
              onClick={then(() => {
                ask.mutate();
              })}
            >
              {t("coach.ask")}
            </Button>
          )}
          {isMine && message.type === "text" && (
            <Button icon="edit" onClick={then(() => onEdit(message))}>
              {t("message.edit")}
            </Button>
          )}
          {!isMine && (
            <Button
              icon="speech"
              onClick={then(() => {
                keepUnread(room._id, message.seq);
              })}
            >
              {t("message.unread")}
            </Button>
          )}
          {mayRemove && (
            <Button icon="trash" tone="bad" onClick={() => setPart("delete")}>
              {t("message.delete")}
            </Button>
          )}
          {!isMine && (
            <Button icon="flag" tone="bad" onClick={() => setPart("report")}>
              {t("message.report")}
            </Button>
          )}
        </div>
      )}
      {part === "delete" && <Delete {...props} />}
      {part === "report" && <Report {...props} />}
    </Sheet>
  );
}

function Delete({ message, onClose }: MessageProps & Readonly<{ onClose: () => void }>) {
  const { t } = useTranslation("chat");
  const remove = useMutation({
    mutationFn: () => deleteMessage(message._id),
    onSuccess: () => {
      removed(message.room, message._id, message.rev);
      onClose();
    },
  });
  return (
    <div className={forms.form}>
      <p>{t("message.deleteNote")}</p>
      {remove.isError && <Refused error={remove.error} />}
      <Button variant="contained" tone="bad" busy={remove.isPending} onClick={() => remove.mutate()}>
        {t("message.delete")}
      </Button>
    </div>
  );
}

function Report({ message, onClose }: MessageProps & Readonly<{ onClose: () => void }>) {
  const { t } = useTranslation("chat");
  const [reason, setReason] = useState("");
  const report = useMutation({
    mutationFn: () => reportMessage(message._id, reason.trim()),
    onSuccess: () => {
      onClose();
      toast({ text: t("message.reported") });
    },
  });
  return (
    <div className={forms.form}>
      <p>{t("message.reportNote")}</p>
      <label className={forms.field}>
        {t("message.reason")}
        <textarea
          value={reason}
          rows={3}
          maxLength={300}
          onChange={(event) => {
            setReason(event.target.value);
          }}
        />
      </label>
      {report.isError && <Refused error={report.error} />}
      <Button variant="contained" tone="bad" busy={report.isPending} onClick={() => report.mutate()}>
        {t("message.report")}
      </Button>
    </div>
  );
}
