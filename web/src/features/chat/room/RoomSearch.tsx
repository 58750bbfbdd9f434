import { useInfiniteQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { useFormat } from "~/i18n/format";
import { Button, IconButton } from "~/ui/Button";
import { ErrorMessage } from "~/ui/ErrorMessage";
import { SearchField } from "~/ui/SearchField";
import { goTo } from "../store/conversation";
import { searchRoom } from "../store/server";
import { toPlain } from "~/ui/markdown/toHtml";
import { useSearchWords } from "~/ui/useSearchWords";
import styles from "./search.module.css";

type Props = Readonly<{ room: string; onClose: () => void }>;

/** Finds what was said in a room, the newest first, and goes there. */
export function RoomSearch({ room, onClose }: Props) {
  const { t } = useTranslation("chat");
  const format = useFormat();
  const search = useSearchWords();
  const { words } = search;
  const query = useInfiniteQuery({
    queryKey: ["chatSearch", room, words],
    enabled: words !== "",
    initialPageParam: null as string | null,
    queryFn: ({ pageParam }) => searchRoom(room, words, pageParam),
    getNextPageParam: ({ next }) => next,
  });
  const found = query.data?.pages.flatMap(({ items }) => [...items].reverse()) ?? [];
  return (
    <section className={styles.panel} aria-label={t("search.title")}>
      <div className={styles.head}>
        <SearchField label={t("search.title")} search={search} focused />
        <IconButton label={t("search.close")} icon="close" onClick={onClose} />
      </div>
      {words !== "" && (
        <div className={styles.found}>
          {query.isError && <ErrorMessage error={query.error} onRetry={() => void query.refetch()} />}
          <p role="status" className={styles.count}>
            {query.isSuccess &&
              (found.length > 0 ? t("search.found", { count: found.length }) : t("search.none"))}
          </p>
          <ul>
            {found.map((message) => (
              <li key={message._id}>
                <button
                  type="button"
                  className={styles.hit}
                  onClick={() => {
                    onClose();
                    // The list takes the place of what was found, and is as high as it will be.
                    setTimeout(() => void goTo(room, message.seq));
                  }}
                >
                  <strong>{message.senderUsername}</strong>
                  <span>{toPlain(message.content).slice(0, 160)}</span>
                  <span className={styles.count}>{format.moment(message.createdAt)}</span>
                </button>
              </li>
            ))}
          </ul>
          {query.hasNextPage && (
            <Button busy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
              {t("lobby.more")}
            </Button>
          )}
        </div>
      )}
    </section>
  );
}
