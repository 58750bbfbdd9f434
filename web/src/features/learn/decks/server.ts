/** What the pages of decks ask of the server. */
import { api, data } from "~/api/client";
import type { Card, CardChange, Deck, DeckMember, DeckWeek, NewCard } from "~/api/types";

const at = (deck_id: string) => ({ params: { path: { deck_id } } });
const card = (card_id: string) => ({ params: { path: { card_id } } });

export function listDecks(): Promise<Deck[]> {
  return data(api.GET("/api/v1/learning/decks"));
}

export function getDeck(id: string): Promise<Deck> {
  return data(api.GET("/api/v1/learning/decks/{deck_id}", at(id)));
}

/** `key` is one of its own for each deck that somebody wants: sent twice, one is made. */
export function makeDeck(name: string, language: Deck["language"], key: string): Promise<Deck> {
  const body = { name, language, description: "" };
  return data(api.POST("/api/v1/learning/decks", { body, headers: { "Idempotency-Key": key } }));
}

export function renameDeck(id: string, name: string): Promise<Deck> {
  return data(api.PATCH("/api/v1/learning/decks/{deck_id}", { ...at(id), body: { name } }));
}

/** For everybody when it is one's own; else one stops learning it. */
export async function removeDeck(id: string): Promise<void> {
  await data(api.DELETE("/api/v1/learning/decks/{deck_id}", at(id)));
}

export function shareDeck(id: string): Promise<{ path: string; token: string }> {
  return data(api.POST("/api/v1/learning/decks/{deck_id}/share", at(id)));
}

export async function endShare(id: string): Promise<void> {
  await data(api.DELETE("/api/v1/learning/decks/{deck_id}/share", at(id)));
}

export function sharedDeck(token: string): Promise<Deck> {
  return data(api.GET("/api/v1/learning/shared-deck", { params: { query: { token } } }));
}

export function joinDeck(token: string, name: string | null): Promise<Deck> {
  return data(api.POST("/api/v1/learning/join", { body: { token, name } }));
}

export function listMembers(id: string): Promise<DeckMember[]> {
  return data(api.GET("/api/v1/learning/decks/{deck_id}/members", at(id)));
}

export async function setRole(deck_id: string, person: string, role: DeckMember["role"]): Promise<void> {
  await data(
    api.PUT("/api/v1/learning/decks/{deck_id}/members/{person}", {
      params: { path: { deck_id, person } },
      body: { role },
    }),
  );
}

export async function removeMember(deck_id: string, person: string): Promise<void> {
  await data(
    api.DELETE("/api/v1/learning/decks/{deck_id}/members/{person}", {
      params: { path: { deck_id, person } },
    }),
  );
}

/** What oneself, and those who show it, did of a deck since Monday. */
export function getWeek(id: string): Promise<DeckWeek> {
  return data(api.GET("/api/v1/learning/decks/{deck_id}/week", at(id)));
}

/** Whether the others see one's own. */
export async function showWeek(id: string, shown: boolean): Promise<void> {
  await data(api.PUT("/api/v1/learning/decks/{deck_id}/week", { ...at(id), body: { shown } }));
}

export type CardPage = Readonly<{ cards: readonly Card[]; next: string | null }>;

/** The newest first; with `words`, those that have them or their initial consonants. */
export async function listCards(
  deck_id: string,
  { words, tag, cursor }: Readonly<{ words: string; tag: string | null; cursor: string | null }>,
): Promise<CardPage> {
  const query = { deck_id, q: words, ...(tag ? { tag } : {}), ...(cursor ? { cursor } : {}) };
  const call = await api.GET("/api/v1/learning/cards", { params: { query } });
  return { cards: call.data ?? [], next: call.response.headers.get("X-Next-Cursor") };
}

/** Adds a picture for cards of a deck; a card that shows it within a day keeps it. */
export function addPicture(
  id: string,
  picture: Blob,
): Promise<{ id: string; markdown: string; url: string }> {
  return data(
    api.POST("/api/v1/learning/decks/{deck_id}/media", {
      ...at(id),
      // The contract's type for bytes is a string; they are sent as they are.
      body: picture as unknown as string,
      bodySerializer: (bytes) => bytes,
      headers: { "Content-Type": picture.type },
    }),
  );
}

export function getCard(id: string): Promise<Card> {
  return data(api.GET("/api/v1/learning/cards/{card_id}", card(id)));
}

export function writeCard(body: NewCard, key: string): Promise<Card[]> {
  return data(api.POST("/api/v1/learning/cards", { body, headers: { "Idempotency-Key": key } }));
}

export function changeCard(id: string, body: CardChange): Promise<Card> {
  return data(api.PATCH("/api/v1/learning/cards/{card_id}", { ...card(id), body }));
}

export async function removeCard(id: string): Promise<void> {
  await data(api.DELETE("/api/v1/learning/cards/{card_id}", card(id)));
}

export type Bulk = Readonly<{
  ids: readonly string[];
  add_tags?: readonly string[];
  remove_tags?: readonly string[];
  to_deck?: string;
  suspended?: boolean;
  remove?: boolean;
}>;

/** One change of many cards; gives how many were changed. */
export async function changeCards({
  ids,
  add_tags = [],
  remove_tags = [],
  remove = false,
  ...rest
}: Bulk): Promise<number> {
  const body = { ...rest, ids: [...ids], add_tags: [...add_tags], remove_tags: [...remove_tags], remove };
  const { changed } = await data(api.POST("/api/v1/learning/cards/bulk", { body }));
  return changed ?? 0;
}
