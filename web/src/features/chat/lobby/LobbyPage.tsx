import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Room } from "~/api/types";
import { Button } from "~/ui/Button";
import { EmptyState } from "~/ui/EmptyState";
import { ErrorMessage } from "~/ui/ErrorMessage";
import { Skeleton } from "~/ui/Loading";
import { Page } from "~/ui/Page";
import { Section } from "~/ui/Section";
import { follow } from "../store/live";
import { ReportsLink } from "../moderation/ReportsLink";
import { learn, now, useRooms, wasRemoved } from "../store/rooms";
import { listRooms } from "../store/server";
import { useChat } from "../useChat";
import { useSearchWords } from "~/ui/useSearchWords";
import { Neighbourhood } from "./Neighbourhood";
import { NewRoom } from "./NewRoom";
import { RoomRow } from "./RoomRow";
import { SearchField } from "~/ui/SearchField";
import styles from "./lobby.module.css";

/** The rooms that a person is in or may come into. */
export default function LobbyPage() {
  const { t } = useTranslation("chat");
  useChat();
  const [making, setMaking] = useState(false);
  const search = useSearchWords();
  const found = useFoundRooms(search.words);
  const mine = found.rooms.filter(({ role }) => role);
  const others = found.rooms.filter(({ role }) => !role);
  return (
    <Page title={t("title")} lead={t("lead")}>
      <div className={styles.find}>
        <SearchField label={t("lobby.search")} search={search} />
        <div className={styles.ways}>
          <Button
            variant="contained"
            icon="plus"
            onClick={() => {
              setMaking(true);
            }}
          >
            {t("new.open")}
          </Button>
          <Neighbourhood />
          <ReportsLink />
        </div>
      </div>
      {found.query.isPending && (
        <div className={styles.waiting}>
          <Skeleton height="4.5rem" />
          <Skeleton height="4.5rem" />
          <Skeleton height="4.5rem" />
        </div>
      )}
      {found.query.isError && found.rooms.length === 0 && (
        <ErrorMessage error={found.query.error} onRetry={() => void found.query.refetch()} />
      )}
      {found.query.isSuccess && found.rooms.length === 0 && (
        <EmptyState icon="speech" title={t(search.words ? "lobby.none" : "lobby.empty")}>
          <p>{t(search.words ? "lobby.noneSentence" : "lobby.emptySentence")}</p>
        </EmptyState>
      )}
      {mine.length > 0 && (
        <Section title={t("lobby.mine")}>
          <Rooms rooms={mine} />
        </Section>
      )}
      {others.length > 0 && (
        <Section title={t("lobby.others")} note={t("lobby.othersNote")}>
          <Rooms rooms={others} />
        </Section>
      )}
      {found.query.hasNextPage && (
        <Button
          variant="outlined"
          busy={found.query.isFetchingNextPage}
          onClick={() => void found.query.fetchNextPage()}
        >
          {t("lobby.more")}
        </Button>
      )}
      {making && (
        <NewRoom
          onClose={() => {
            setMaking(false);
          }}
        />
      )}
    </Page>
  );
}

function Rooms({ rooms }: Readonly<{ rooms: readonly Room[] }>) {
  return (
    <ul className={styles.rooms}>
      {rooms.map((room) => (
        <RoomRow key={room._id} room={room} />
      ))}
    </ul>
  );
}

/** Rooms by their name, page after page, the liveliest first; each as it is known now. */
function useFoundRooms(words: string) {
  const known = useRooms();
  const query = useInfiniteQuery({
    queryKey: ["chat", "rooms", words],
    initialPageParam: null as string | null,
    queryFn: async ({ pageParam }) => {
      const askedAt = now();
      const page = await listRooms({ ...(words ? { words } : {}), cursor: pageParam });
      learn(page.items, askedAt);
      return page;
    },
    getNextPageParam: ({ next }) => next,
    placeholderData: keepPreviousData,
    staleTime: 0,
  });
  const ids = [...new Set(query.data?.pages.flatMap(({ items }) => items.map(({ _id }) => _id)))];
  const joined = ids.join();
  useEffect(() => {
    void follow(joined.split(","));
  }, [joined]);
  // Without an answer the rooms that this tab has met are better than none.
  const met = words ? [] : [...known.values()].flatMap(({ _id, role }) => (role ? [_id] : []));
  const rooms = [...new Set([...ids, ...met])]
    .flatMap((id) => known.get(id) ?? [])
    .filter(({ _id, closedAt }) => !closedAt && !wasRemoved(_id))
    .sort((a, b) => Date.parse(b.updatedAt) - Date.parse(a.updatedAt));
  return { query, rooms };
}
