/** What chat asks the server over HTTP. Everything here works without a socket, and throws a Problem. */
import { api, data } from "~/api/client";
import type {
  BinState,
  Invitation,
  Message,
  Room,
  RoomChange,
  RoomInvite,
  RoomKind,
  RoomMember,
} from "~/api/types";

/** A part of a list, and the cursors of what stands around it; null where there is nothing more. */
export type Part<T> = Readonly<{ items: readonly T[]; next: string | null; previous: string | null }>;

async function part<T>(call: Promise<{ data?: T[]; response: Response }>): Promise<Part<T>> {
  const { data: items = [], response } = await call;
  return {
    items,
    next: response.headers.get("X-Next-Cursor"),
    previous: response.headers.get("X-Previous-Cursor"),
  };
}

/** Where a page of messages begins: before or after a message's number, around it, or at the newest. */
export type From = Readonly<{ before?: number; after?: number; around?: number }>;

const PAGE = 50;
const cursor = (seq: number | undefined) => (seq === undefined ? undefined : `s${seq}`);

type Asked = Readonly<{ words?: string; area?: string; cursor?: string | null }>;

export function listRooms({ words, area, cursor: at }: Asked): Promise<Part<Room>> {
  const query = { limit: 30, q: words ?? null, area: area ?? null, cursor: at ?? null };
  return part(api.GET("/api/v1/chat/rooms", { params: { query: given(query) } }));
}

/** Without what is null: the server takes no empty parameter for a missing one. */
function given<T extends object>(query: T): { [Key in keyof T]?: NonNullable<T[Key]> } {
  return Object.fromEntries(Object.entries(query).filter(([, value]) => value !== null)) as never;
}

const at = (room_id: string) => ({ params: { path: { room_id } } });
const on = (message_id: string) => ({ params: { path: { message_id } } });

export function getRoom(id: string): Promise<Room> {
  return data(api.GET("/api/v1/chat/rooms/{room_id}", at(id)));
}

type NewRoom = Readonly<{ name: string; kind: RoomKind; area?: string }>;

/** `key` is one of its own for each room that somebody wants: sent twice, one room is made. */
export function makeRoom({ name, kind, area }: NewRoom, key: string): Promise<Room> {
  const body = { name, kind, ...(area ? { area } : {}) };
  return data(api.POST("/api/v1/chat/rooms", { body, headers: { "Idempotency-Key": key } }));
}

export function enterRoom(id: string): Promise<Room> {
  return data(api.POST("/api/v1/chat/rooms/{room_id}/join", at(id)));
}

export function enterByLink(invite: string): Promise<Room> {
  return data(api.POST("/api/v1/chat/join", { body: { invite } }));
}

/** What a link leads to, before one comes in. */
export function lookAtInvitation(invite: string): Promise<Invitation> {
  return data(api.POST("/api/v1/chat/invitation", { body: { invite } }));
}

/** The coach looks at a photo of the room, and answers there. */
export async function askCoach(id: string): Promise<void> {
  await data(api.POST("/api/v1/chat/messages/{message_id}/ask-coach", on(id)));
}

/** Asks a room about an item of a scan of one's own. */
export function askRoom(room: string, jobId: string, item: number): Promise<Message> {
  return data(api.POST("/api/v1/chat/rooms/{room_id}/questions", { ...at(room), body: { jobId, item } }));
}

/** Tells a room what was found of a bin. */
export function tellOfBin(room: string, binId: string, state: BinState, clientId: string): Promise<Message> {
  return data(
    api.POST("/api/v1/chat/rooms/{room_id}/bins", { ...at(room), body: { binId, state, clientId } }),
  );
}

export async function leaveRoom(id: string): Promise<void> {
  await data(api.DELETE("/api/v1/chat/rooms/{room_id}/leave", at(id)));
}

export function changeRoom(id: string, body: RoomChange): Promise<Room> {
  return data(api.PATCH("/api/v1/chat/rooms/{room_id}", { ...at(id), body }));
}

export async function closeRoom(id: string): Promise<void> {
  await data(api.DELETE("/api/v1/chat/rooms/{room_id}", at(id)));
}

export function inviteTo(id: string): Promise<RoomInvite> {
  return data(api.POST("/api/v1/chat/rooms/{room_id}/invites", { ...at(id), body: { uses: 100 } }));
}

export async function setNotify(id: string, notify: boolean): Promise<void> {
  await data(api.PUT("/api/v1/chat/rooms/{room_id}/notify", { ...at(id), body: { notify } }));
}

export function listMembers(id: string, after: string | null = null): Promise<Part<RoomMember>> {
  const query = { limit: 200, ...(after ? { cursor: after } : {}) };
  return part(api.GET("/api/v1/chat/rooms/{room_id}/members", { params: { path: { room_id: id }, query } }));
}

export function listMessages(id: string, { before, after, around }: From): Promise<Part<Message>> {
  const query = {
    limit: PAGE,
    before: cursor(before) ?? null,
    after: cursor(after) ?? null,
    around: cursor(around) ?? null,
  };
  return part(
    api.GET("/api/v1/chat/rooms/{room_id}/messages", {
      params: { path: { room_id: id }, query: given(query) },
    }),
  );
}

export function searchRoom(id: string, q: string, before: string | null): Promise<Part<Message>> {
  const query = { q, limit: 30, ...(before ? { before } : {}) };
  return part(api.GET("/api/v1/chat/rooms/{room_id}/search", { params: { path: { room_id: id }, query } }));
}

export function editMessage(id: string, content: string): Promise<Message> {
  return data(api.PATCH("/api/v1/chat/messages/{message_id}", { ...on(id), body: { content } }));
}

export async function deleteMessage(id: string): Promise<void> {
  await data(api.DELETE("/api/v1/chat/messages/{message_id}", on(id)));
}

export function react(id: string, emoji: string, isOn: boolean): Promise<Message> {
  return data(
    api.POST("/api/v1/chat/messages/{message_id}/reactions", { ...on(id), body: { emoji, on: isOn } }),
  );
}

export function vote(id: string, choice: number): Promise<Message> {
  return data(api.POST("/api/v1/chat/messages/{message_id}/votes", { ...on(id), body: { choice } }));
}

export async function reportMessage(id: string, reason: string): Promise<void> {
  await data(api.POST("/api/v1/chat/messages/{message_id}/report", { ...on(id), body: { reason } }));
}
