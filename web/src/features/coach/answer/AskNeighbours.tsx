import { useTranslation } from "react-i18next";
import { RoomButton } from "~/features/chat/choose/RoomButton";

/** Puts the item of a scan into a room as a question: what neighbours find out answers it. */
export function AskNeighbours({ jobId, index }: Readonly<{ jobId: string; index: number }>) {
  const { t } = useTranslation("coach");
  return (
    <RoomButton
      label={t("neighbours.ask")}
      icon="people"
      onChoose={async (roomId) => {
        const { askRoom } = await import("~/features/chat/store/server");
        return askRoom(roomId, jobId, index);
      }}
    />
  );
}
