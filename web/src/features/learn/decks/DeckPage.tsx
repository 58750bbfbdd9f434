import { keepPreviousData, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useParams } from "react-router";
import type { Card, Deck } from "~/api/types";
import { Button } from "~/ui/Button";
import { Chip } from "~/ui/Chip";
import { EmptyState } from "~/ui/EmptyState";
import { ErrorMessage } from "~/ui/ErrorMessage";
import { Skeleton } from "~/ui/Loading";
import { toPlain } from "~/ui/markdown/toHtml";
import { Page } from "~/ui/Page";
import { SearchField } from "~/ui/SearchField";
import { useSearchWords } from "~/ui/useSearchWords";
import { BulkBar } from "./BulkBar";
import { DeckMenu } from "./DeckMenu";
import { getDeck, listCards } from "./server";
import styles from "./decks.module.css";

/** The cards of a deck. */
export default function DeckPage() {
  const { t } = useTranslation("decks");
  const { deckId = "" } = useParams();
  const deck = useQuery({ queryKey: ["learn", "decks", deckId], queryFn: () => getDeck(deckId) });
  return (
    <Page title={deck.data?.name ?? t("title")}>
      {deck.isPending && <Skeleton height="12rem" />}
      {deck.isError && !deck.data && <ErrorMessage error={deck.error} onRetry={() => void deck.refetch()} />}
      {deck.data && <Cards deck={deck.data} />}
    </Page>
  );
}

function Cards({ deck }: Readonly<{ deck: Deck }>) {
  const { t } = useTranslation("decks");
  const mayEdit = deck.role !== "learner";
  const [open, setOpen] = useState(false);
  const [tag, setTag] = useState<string | null>(null);
  const [picked, setPicked] = useState<ReadonlySet<string> | null>(null);
  const search = useSearchWords();
  const found = useCards(deck.id, search.words, tag);
  const tags = [...new Set([...(tag ? [tag] : []), ...found.cards.flatMap((card) => card.tags)])].slice(
    0,
    12,
  );
  return (
    <>
      <p className={styles.note}>
        {t("cards", { count: deck.cards })} · {t(`role.${deck.role}`)}
      </p>
      <div className={styles.ways}>
        {mayEdit && (
          <Button variant="contained" icon="edit" to={`/learn/decks/${deck.id}/new`}>
            {t("write")}
          </Button>
        )}
        <Button variant="outlined" icon="cards" to={`/learn/review?deck=${deck.id}`}>
          {t("review")}
        </Button>
        <Button
          variant="outlined"
          tone="inherit"
          icon="more"
          onClick={() => {
            setOpen(true);
          }}
        >
          {t("more")}
        </Button>
      </div>
      {(deck.cards > 0 || search.words) && <SearchField label={t("search")} search={search} />}
      {tags.length > 0 && (
        <div className={styles.ways} role="group" aria-label={t("tags")}>
          {tags.map((one) => (
            <Chip
              key={one}
              aria-pressed={tag === one}
              onClick={() => {
                setTag(tag === one ? null : one);
              }}
            >
              #{one}
            </Chip>
          ))}
        </div>
      )}
      {found.query.isPending && <Skeleton height="9rem" />}
      {found.query.isError && found.cards.length === 0 && (
        <ErrorMessage error={found.query.error} onRetry={() => void found.query.refetch()} />
      )}
      {found.query.isSuccess && found.cards.length === 0 && (
        <EmptyState icon="cards" title={t(search.words || tag ? "noneFound" : "noCards")} />
      )}
      {found.cards.length > 0 && (
        <>
          <div className={styles.actions}>
            <Button
              tone="inherit"
              icon={picked ? "close" : "check"}
              onClick={() => {
                setPicked(picked ? null : new Set());
              }}
            >
              {t(picked ? "pick.end" : "pick.begin")}
            </Button>
            {picked && (
              <Button
                tone="inherit"
                onClick={() => {
                  setPicked(new Set(found.cards.map(({ id }) => id)));
                }}
              >
                {t("pick.all")}
              </Button>
            )}
          </div>
          <ul className={styles.cards}>
            {found.cards.map((card) => (
              <CardRow
                key={card.id}
                card={card}
                picked={picked?.has(card.id) ?? null}
                onPick={() => {
                  const next = new Set(picked);
                  if (!next.delete(card.id)) next.add(card.id);
                  setPicked(next);
                }}
              />
            ))}
          </ul>
        </>
      )}
      {found.query.hasNextPage && (
        <Button
          variant="outlined"
          busy={found.query.isFetchingNextPage}
          onClick={() => void found.query.fetchNextPage()}
        >
          {t("moreCards")}
        </Button>
      )}
      {picked && picked.size > 0 && (
        <BulkBar
          deck={deck}
          ids={[...picked]}
          onDone={() => {
            setPicked(null);
          }}
        />
      )}
      {open && (
        <DeckMenu
          deck={deck}
          onClose={() => {
            setOpen(false);
          }}
        />
      )}
    </>
  );
}

type RowProps = Readonly<{
  card: Card;
  /** Null where none are to be picked. */
  picked: boolean | null;
  onPick: () => void;
}>;

function CardRow({ card, picked, onPick }: RowProps) {
  const { t } = useTranslation("decks");
  const name = toPlain(card.front) || t("picture");
  const words = (
    <span className={styles.words}>
      <strong>{name}</strong>
      <span>
        {toPlain(card.back)}
        {card.tags.map((tag) => ` #${tag}`)}
      </span>
      {(card.suspended || card.hard || card.before !== null) && (
        <span>
          {[card.suspended && t("suspended"), card.hard && t("hard"), card.before !== null && t("changed")]
            .filter(Boolean)
            .join(" · ")}
        </span>
      )}
    </span>
  );
  if (picked === null)
    return (
      <li>
        <Link
          to={`/learn/cards/${card.id}`}
          className={styles.row}
          style={{ gridTemplateColumns: "minmax(0, 1fr)" }}
        >
          {words}
        </Link>
      </li>
    );
  return (
    <li className={styles.picked}>
      <label className={styles.pick}>
        <input type="checkbox" checked={picked} onChange={onPick} aria-label={name} />
      </label>
      {words}
    </li>
  );
}

/** Cards page after page, the newest first. */
function useCards(deck: string, words: string, tag: string | null) {
  const query = useInfiniteQuery({
    queryKey: ["learn", "cards", deck, words, tag],
    initialPageParam: null as string | null,
    queryFn: ({ pageParam }) => listCards(deck, { words, tag, cursor: pageParam }),
    getNextPageParam: ({ next }) => next,
    placeholderData: keepPreviousData,
    staleTime: 0,
  });
  return { query, cards: query.data?.pages.flatMap(({ cards }) => cards) ?? [] };
}
