import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { Button } from "~/ui/Button";
import { Refused } from "../Refused";
import { learn, now } from "../store/rooms";
import { listRooms } from "../store/server";
import { useLocatedArea } from "../useLocatedArea";
import { NewRoom } from "./NewRoom";
import styles from "../form.module.css";

/** The way to the room of where the person is. They are asked for their place when they press, and it stays on this device. */
export function Neighbourhood() {
  const { t } = useTranslation("chat");
  const navigate = useNavigate();
  const [missing, setMissing] = useState<string | null>(null);
  const look = useMutation({
    mutationFn: async (area: string) => {
      const askedAt = now();
      const { items } = await listRooms({ area });
      learn(items, askedAt);
      return { area, room: items[0] };
    },
    onSuccess: ({ area, room }) => {
      if (room) void navigate(`/chat/${room._id}`);
      else setMissing(area);
    },
  });
  const { asking, failure, find } = useLocatedArea(look.mutate);
  return (
    <div className={styles.form}>
      <Button variant="outlined" icon="locate" busy={asking || look.isPending} onClick={find}>
        {t("area.open")}
      </Button>
      {failure && <Refused>{t(`area.${failure}`)}</Refused>}
      {look.isError && <Refused error={look.error} />}
      {missing && (
        <NewRoom
          area={missing}
          onClose={() => {
            setMissing(null);
          }}
        />
      )}
    </div>
  );
}
