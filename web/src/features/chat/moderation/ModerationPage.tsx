import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { useParams, useSearchParams } from "react-router";
import type { Room } from "~/api/types";
import { Button } from "~/ui/Button";
import { Choices } from "~/ui/Choices";
import { EmptyState } from "~/ui/EmptyState";
import { ErrorMessage } from "~/ui/ErrorMessage";
import { PageSkeleton } from "~/ui/Loading";
import { Page } from "~/ui/Page";
import { Section } from "~/ui/Section";
import { learn, now, useRoom } from "../store/rooms";
import { getRoom } from "../store/server";
import { Actions } from "./Actions";
import { Bans } from "./Bans";
import { Members } from "./Members";
import { Reports } from "./Reports";
import { Rules } from "./Rules";

/** Where a room is looked after, by its owner and its moderators. */
export default function ModerationPage() {
  const { t } = useTranslation("moderation");
  const { roomId = "" } = useParams();
  const room = useRoom(roomId);
  const query = useQuery({
    queryKey: ["chat", "room", roomId],
    queryFn: async () => {
      const askedAt = now();
      const found = await getRoom(roomId);
      learn([found], askedAt);
      return found;
    },
    staleTime: 0,
  });
  if (room) return <Looked room={room} />;
  if (query.isError)
    return (
      <Page title={t("title")}>
        <ErrorMessage error={query.error} onRetry={() => void query.refetch()} />
      </Page>
    );
  return <PageSkeleton />;
}

const PARTS = ["reports", "members", "bans", "rules", "actions"] as const;

function Looked({ room }: Readonly<{ room: Room }>) {
  const { t } = useTranslation("moderation");
  const [query, setQuery] = useSearchParams();
  const part = PARTS.find((each) => each === query.get("part")) ?? "reports";
  const back = (
    <Button icon="back" to={`/chat/${room._id}`}>
      {t("back")}
    </Button>
  );
  if (room.role !== "owner" && room.role !== "moderator")
    return (
      <Page title={t("title")}>
        <EmptyState icon="warning" title={t("notYours")} actions={back}>
          <p>{t("notYoursSentence")}</p>
        </EmptyState>
      </Page>
    );
  return (
    <Page title={t("title")} lead={room.name} actions={back}>
      <Choices
        label={t("parts")}
        value={part}
        onChange={(value) => {
          setQuery({ part: value }, { replace: true });
        }}
        choices={PARTS.map((value) => ({ value, label: t(`part.${value}`) }))}
      />
      {part === "rules" ? (
        <Rules room={room} />
      ) : (
        <Section title={t(`part.${part}`)}>
          {part === "reports" && <Reports room={room._id} />}
          {part === "members" && <Members room={room} />}
          {part === "bans" && <Bans room={room._id} />}
          {part === "actions" && <Actions room={room._id} />}
        </Section>
      )}
    </Page>
  );
}
