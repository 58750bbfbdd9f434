import { useMutation } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { describe } from "~/api/describe";
import type { SchoolClass } from "~/api/types";
import { Button } from "~/ui/Button";
import { enterRoom } from "./server";
import styles from "./class.module.css";

/** Into the room of a class; its teacher opens it that way. */
export function EnterRoom({ one }: Readonly<{ one: SchoolClass }>) {
  const { t } = useTranslation("class");
  const navigate = useNavigate();
  const enter = useMutation({
    mutationFn: () => enterRoom(one.id),
    onSuccess: (room) => void navigate(`/chat/${room}`),
  });
  return (
    <>
      {enter.isError && (
        <p className={styles.refused} role="alert">
          {describe(enter.error).sentence}
        </p>
      )}
      <div className={styles.ways}>
        <Button
          variant="outlined"
          icon="speech"
          busy={enter.isPending}
          onClick={() => {
            enter.mutate();
          }}
        >
          {t(one.room_id ? "room.enter" : "room.open")}
        </Button>
      </div>
    </>
  );
}
