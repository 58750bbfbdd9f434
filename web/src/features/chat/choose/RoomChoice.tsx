import { useMutation, useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { describe } from "~/api/describe";
import { Button } from "~/ui/Button";
import { ErrorMessage } from "~/ui/ErrorMessage";
import { Skeleton } from "~/ui/Loading";
import { Sheet } from "~/ui/Sheet";
import { listRooms } from "../store/server";
import styles from "./choose.module.css";

type Props = Readonly<{
  title: string;
  onChoose: (roomId: string) => Promise<unknown>;
  onClose: () => void;
}>;

/** Which of the rooms that one is in. Who is in none is led to where they are found. */
export default function RoomChoice({ title, onChoose, onClose }: Props) {
  const { t } = useTranslation("chat");
  const navigate = useNavigate();
  const rooms = useQuery({ queryKey: ["chat", "choose"], queryFn: () => listRooms({}) });
  const mine = (rooms.data?.items ?? []).filter(({ role, closedAt }) => role && !closedAt);
  const choose = useMutation({
    mutationFn: onChoose,
    onSuccess: (_, roomId) => navigate(`/chat/${roomId}`),
  });
  return (
    <Sheet title={title} onClose={onClose}>
      {rooms.isPending && <Skeleton height="4.5rem" />}
      {rooms.isError && <ErrorMessage error={rooms.error} onRetry={() => void rooms.refetch()} />}
      {choose.isError && <p role="alert">{describe(choose.error).sentence}</p>}
      {mine.length > 0 && (
        <ul className={styles.rooms}>
          {mine.map(({ _id, name }) => (
            <li key={_id}>
              <Button
                variant="outlined"
                tone="inherit"
                icon="speech"
                busy={choose.isPending && choose.variables === _id}
                onClick={() => {
                  if (!choose.isPending) choose.mutate(_id);
                }}
              >
                {name}
              </Button>
            </li>
          ))}
        </ul>
      )}
      {rooms.isSuccess && mine.length === 0 && <p>{t("choose.none")}</p>}
      <Button icon="search" onClick={() => void navigate("/chat")}>
        {t("choose.find")}
      </Button>
    </Sheet>
  );
}
