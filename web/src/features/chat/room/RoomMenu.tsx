import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState, type SubmitEvent } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import type { Room } from "~/api/types";
import { Button } from "~/ui/Button";
import { Sheet } from "~/ui/Sheet";
import { Refused } from "../Refused";
import { RoomNameField } from "../RoomNameField";
import { useReportCounts } from "../moderation/useReportCounts";
import { DeviceNotices } from "../notifications/DeviceNotices";
import { change, forgetRoom, learn, now } from "../store/rooms";
import { changeRoom, closeRoom, leaveRoom, setNotify } from "../store/server";
import { Invite } from "./Invite";
import forms from "../form.module.css";
import styles from "./sheets.module.css";

type Props = Readonly<{ room: Room; onClose: () => void }>;
type Part = "name" | "invite" | "leave" | "close";

/** What can be done with a room: by its members, and by those who look after it. */
export function RoomMenu({ room, onClose }: Props) {
  const { t } = useTranslation("chat");
  const [part, setPart] = useState<Part | null>(null);
  const moderates = room.role !== "member" && !room.closedAt;
  const reports = useReportCounts();
  const reported = reports.rooms[room._id] ?? 0;
  const notify = useMutation({
    mutationFn: (wanted: boolean) => setNotify(room._id, wanted),
    onSuccess: (_, wanted) => {
      change(room._id, { notify: wanted });
    },
  });
  return (
    <Sheet title={part ? t(`menu.${part}`) : room.name} onClose={onClose}>
      {part === null && (
        <div className={styles.choices}>
          <Button
            icon="bell"
            aria-pressed={room.notify}
            busy={notify.isPending}
            onClick={() => notify.mutate(!room.notify)}
          >
            {t(room.notify ? "menu.notifyOn" : "menu.notifyOff")}
          </Button>
          {room.notify && <DeviceNotices short />}
          {reported > 0 && (
            <Button icon="flag" to={`/chat/${room._id}/moderation?part=reports`}>
              {t("reports.room", { count: reported })}
            </Button>
          )}
          {reports.everywhere !== null && reports.everywhere > 0 && (
            <Button icon="flag" to="/chat/reports">
              {t("reports.everywhere", { count: reports.everywhere })}
            </Button>
          )}
          {moderates && (
            <>
              <Button icon="settings" to={`/chat/${room._id}/moderation`}>
                {t("menu.moderate")}
              </Button>
              <Button icon="link" onClick={() => setPart("invite")}>
                {t("menu.invite")}
              </Button>
              <Button icon="edit" onClick={() => setPart("name")}>
                {t("menu.name")}
              </Button>
            </>
          )}
          <Button icon="leave" onClick={() => setPart("leave")}>
            {t("menu.leave")}
          </Button>
          {moderates && (
            <Button icon="close" tone="bad" onClick={() => setPart("close")}>
              {t("menu.close")}
            </Button>
          )}
          {notify.isError && <Refused error={notify.error} />}
        </div>
      )}
      {part === "name" && <Rename room={room} onDone={onClose} />}
      {part === "invite" && <Invite room={room} />}
      {part === "leave" && <Leave room={room} />}
      {part === "close" && <Close room={room} onDone={onClose} />}
    </Sheet>
  );
}

function Rename({ room, onDone }: Readonly<{ room: Room; onDone: () => void }>) {
  const { t } = useTranslation("chat");
  const [name, setName] = useState(room.name);
  const rename = useMutation({
    mutationFn: () => changeRoom(room._id, { name: name.trim() }),
    onSuccess: (changed) => {
      learn([changed], now());
      onDone();
    },
  });
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (name.trim() && !rename.isPending) rename.mutate();
  };
  return (
    <form className={forms.form} onSubmit={submit}>
      <RoomNameField value={name} onChange={setName} />
      {rename.isError && <Refused error={rename.error} />}
      <Button type="submit" variant="contained" busy={rename.isPending}>
        {t("menu.save")}
      </Button>
    </form>
  );
}

function Leave({ room }: Readonly<{ room: Room }>) {
  const { t } = useTranslation("chat");
  const navigate = useNavigate();
  const queries = useQueryClient();
  const leave = useMutation({
    mutationFn: () => leaveRoom(room._id),
    onSuccess: () => {
      void navigate("/chat");
      forgetRoom(room._id);
      void queries.invalidateQueries({ queryKey: ["chat"] });
    },
  });
  return (
    <div className={forms.form}>
      <p>{t(room.kind === "public" || room.kind === "area" ? "menu.leaveOpen" : "menu.leaveClosed")}</p>
      {leave.isError && <Refused error={leave.error} />}
      <Button variant="contained" tone="bad" busy={leave.isPending} onClick={() => leave.mutate()}>
        {t("menu.leave")}
      </Button>
    </div>
  );
}

function Close({ room, onDone }: Readonly<{ room: Room; onDone: () => void }>) {
  const { t } = useTranslation("chat");
  const queries = useQueryClient();
  const close = useMutation({
    mutationFn: () => closeRoom(room._id),
    onSuccess: () => {
      change(room._id, { closedAt: new Date().toISOString() });
      void queries.invalidateQueries({ queryKey: ["chat"] });
      onDone();
    },
  });
  return (
    <div className={forms.form}>
      <p>{t("menu.closeNote")}</p>
      {close.isError && <Refused error={close.error} />}
      <Button variant="contained" tone="bad" busy={close.isPending} onClick={() => close.mutate()}>
        {t("menu.close")}
      </Button>
    </div>
  );
}
