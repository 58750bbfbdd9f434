import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useId, useState, type SubmitEvent } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import type { RoomKind } from "~/api/types";
import { Button } from "~/ui/Button";
import { Choices } from "~/ui/Choices";
import { Sheet } from "~/ui/Sheet";
import { Refused } from "../Refused";
import { RoomNameField } from "../RoomNameField";
import { learn, now } from "../store/rooms";
import { makeRoom } from "../store/server";
import styles from "../form.module.css";

type Props = Readonly<{
  onClose: () => void;
  /** Of a room for a neighbourhood: its geohash. Nothing else is to be chosen then. */
  area?: string;
}>;

const KINDS = ["public", "private", "building", "class"] as const satisfies readonly RoomKind[];

/** Asks for what a new room needs, and goes there. */
export function NewRoom({ onClose, area }: Props) {
  const { t } = useTranslation("chat");
  const navigate = useNavigate();
  const queries = useQueryClient();
  const [name, setName] = useState(() => (area ? t("new.areaName") : ""));
  const [kind, setKind] = useState<(typeof KINDS)[number]>("public");
  const key = useId();
  const [attempt] = useState(() => `${key}${Date.now()}${Math.random()}`.replace(/[^\w.]/g, ""));
  const make = useMutation({
    mutationFn: () => makeRoom({ name: name.trim(), ...(area ? { kind: "area", area } : { kind }) }, attempt),
    onSuccess: (room) => {
      learn([room], now());
      void queries.invalidateQueries({ queryKey: ["chat", "rooms"] });
      void navigate(`/chat/${room._id}`);
    },
  });
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (!make.isPending && name.trim()) make.mutate();
  };
  return (
    <Sheet title={t(area ? "new.areaTitle" : "new.title")} onClose={onClose}>
      <form className={styles.form} onSubmit={submit}>
        <RoomNameField value={name} onChange={setName} />
        {!area && (
          <>
            <Choices
              label={t("new.kind")}
              choices={KINDS.map((value) => ({ value, label: t(`kind.${value}`) }))}
              value={kind}
              onChange={setKind}
            />
            <p className={styles.note}>{t(`kindNote.${kind}`)}</p>
          </>
        )}
        {area && <p className={styles.note}>{t("kindNote.area")}</p>}
        {make.isError && <Refused error={make.error} />}
        <Button type="submit" variant="contained" busy={make.isPending}>
          {t("new.make")}
        </Button>
      </form>
    </Sheet>
  );
}
