import { useQuery } from "@tanstack/react-query";
import { api, data } from "~/api/client";
import type { Found } from "~/features/found";
import { LinkList } from "~/ui/LinkList";
import { Section } from "~/ui/Section";
import { toPlain } from "~/ui/markdown/toHtml";

const MOST = 3;

/** Rooms by their names. */
export default function FoundRooms({ words, title }: Found) {
  const asked = words.slice(0, 60);
  const { data: found } = useQuery({
    queryKey: ["chat", "found", asked],
    queryFn: () => data(api.GET("/api/v1/chat/rooms", { params: { query: { q: asked, limit: MOST } } })),
  });
  const rooms = found?.filter(({ closedAt }) => !closedAt) ?? [];
  if (rooms.length === 0) return null;
  const entries = rooms.map((room) => ({
    icon: "speech" as const,
    title: room.name,
    text: room.lastMessage ? toPlain(room.lastMessage.content).slice(0, 120) : "",
    to: `/chat/${room._id}`,
  }));
  return (
    <Section title={title}>
      <LinkList entries={entries} />
    </Section>
  );
}
