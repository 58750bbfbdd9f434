import { useMutation } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { Room } from "~/api/types";
import { Button } from "~/ui/Button";
import { EmptyState } from "~/ui/EmptyState";
import { Page } from "~/ui/Page";
import { Refused } from "../Refused";
import { learn, now } from "../store/rooms";
import { enterRoom } from "../store/server";

/** An open room for who is no member yet: what it is, and the way in. */
export function Entry({ room }: Readonly<{ room: Room }>) {
  const { t } = useTranslation("chat");
  const enter = useMutation({
    mutationFn: () => enterRoom(room._id),
    onSuccess: (entered) => {
      learn([entered], now());
    },
  });
  return (
    <Page title={room.name}>
      <EmptyState
        icon="speech"
        title={t("entry.question")}
        actions={
          <>
            <Button variant="contained" busy={enter.isPending} onClick={() => enter.mutate()}>
              {t("entry.enter")}
            </Button>
            <Button to="/chat">{t("room.back")}</Button>
          </>
        }
      >
        <p>{t("entry.note", { count: room.online })}</p>
        {enter.isError && <Refused error={enter.error} />}
      </EmptyState>
    </Page>
  );
}
