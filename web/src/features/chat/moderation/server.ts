/** What who looks after rooms asks the server. Everything throws a Problem. */
import { api, data } from "~/api/client";
import type { ModeratorAct, ReportCounts, ReportedMessage, RoomAction, RoomBan } from "~/api/types";

/** A part of a list, and where the next one begins; null at the end. */
export type Part<T> = Readonly<{ items: readonly T[]; next: string | null }>;

async function part<T>(call: Promise<{ data?: T[]; response: Response }>): Promise<Part<T>> {
  const { data: items = [], response } = await call;
  return { items, next: response.headers.get("X-Next-Cursor") };
}

const at = (room_id: string) => ({ path: { room_id } });
const from = (cursor: string | null) => ({ limit: 20, ...(cursor ? { cursor } : {}) });

/** What members reported: of one room, or of all open ones. */
export function listReports(room: string | null, cursor: string | null): Promise<Part<ReportedMessage>> {
  const query = from(cursor);
  if (room === null) return part(api.GET("/api/v1/chat/reports", { params: { query } }));
  return part(api.GET("/api/v1/chat/rooms/{room_id}/reports", { params: { ...at(room), query } }));
}

export async function settle(room_id: string, message_id: string, remove: boolean): Promise<void> {
  const params = { path: { room_id, message_id } };
  await data(
    api.POST("/api/v1/chat/rooms/{room_id}/reports/{message_id}/settle", { params, body: { remove } }),
  );
}

export function listActions(room: string, cursor: string | null): Promise<Part<RoomAction>> {
  const params = { ...at(room), query: from(cursor) };
  return part(api.GET("/api/v1/chat/rooms/{room_id}/actions", { params }));
}

/** Who may not come back for now. */
export function listBans(room: string, cursor: string | null): Promise<Part<RoomBan>> {
  const params = { ...at(room), query: from(cursor) };
  return part(api.GET("/api/v1/chat/rooms/{room_id}/bans", { params }));
}

/** How many reports wait for the person: by room, and in all open ones for who looks after those. */
export function countReports(): Promise<ReportCounts> {
  return data(api.GET("/api/v1/chat/reports/counts"));
}

export async function wordsOf(room: string): Promise<readonly string[]> {
  return (await data(api.GET("/api/v1/chat/rooms/{room_id}/words", { params: at(room) }))).words;
}

export async function setWords(room: string, words: string[]): Promise<readonly string[]> {
  const { words: kept } = await data(
    api.PUT("/api/v1/chat/rooms/{room_id}/words", { params: at(room), body: { words } }),
  );
  return kept;
}

/** `minutes` is for what lasts a while. */
export async function moderate(
  room_id: string,
  person: string,
  action: ModeratorAct,
  minutes = 60,
): Promise<void> {
  const params = { path: { room_id, person } };
  await data(
    api.POST("/api/v1/chat/rooms/{room_id}/members/{person}/moderation", {
      params,
      body: { action, minutes },
    }),
  );
}
