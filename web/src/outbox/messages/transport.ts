/** How what waits reaches the server: by the socket where a page of chat has one, over HTTP otherwise. */
import { api, data } from "~/api/client";
import { Problem } from "~/api/problem";
import type { Message, NewMessage } from "~/api/types";
import type { ReadMark, StoredMessage } from "./store";

/** Asks the server through the socket. Throws a Problem where that cannot be done, and for any refusal. */
export type Socket = Readonly<{
  post: (room: string, message: NewMessage) => Promise<Message>;
  read: (mark: ReadMark) => Promise<number>;
}>;

let socket: Socket | null = null;

/** Has messages and marks go through `by` from now on, or over HTTP with null. */
export function sendBy(by: Socket | null): void {
  socket = by;
}

/**
 * Posts a message; repeated after any failure it is the same message. Refusals of the socket are heard again over HTTP, where
 * they are worded in the reader's language and say for how long.
 */
export function post(message: StoredMessage): Promise<Message> {
  const body = bodyOf(message);
  return orByHttp(
    (by) => by.post(message.room, body),
    () =>
      data(
        api.POST("/api/v1/chat/rooms/{room_id}/messages", {
          params: { path: { room_id: message.room } },
          body,
        }),
      ),
  );
}

/** Says up to where somebody has read, and gives up to where the server knows it. */
export function read(mark: ReadMark): Promise<number> {
  return orByHttp(
    (by) => by.read(mark),
    async () => {
      const { room: room_id, seq, unread } = mark;
      const answer = await data(
        api.POST("/api/v1/chat/rooms/{room_id}/read", {
          params: { path: { room_id } },
          body: { seq, unread },
        }),
      );
      return answer.readSeq ?? seq;
    },
  );
}

async function orByHttp<T>(bySocket: (by: Socket) => Promise<T>, byHttp: () => Promise<T>): Promise<T> {
  if (!socket) return byHttp();
  try {
    return await bySocket(socket);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return byHttp();
  }
}

function bodyOf({ id, content, replyTo, mentions, choices, files = [] }: StoredMessage): NewMessage {
  return {
    content,
    clientId: id,
    replyTo,
    mentions: [...mentions],
    ...(choices ? { choices: [...choices] } : {}),
    fileIds: files.map((file) => file.id),
  };
}

/** What is said to a person at once although the server would take it later: they may want to change it, or not wait. */
const TOLD: ReadonlySet<string> = new Set(["slow_mode"]);

/** Whether the same may succeed a little later, without anybody doing anything. */
export function isPassing(error: unknown): boolean {
  if (!(error instanceof Problem)) return false;
  const { status, code } = error.details;
  if (TOLD.has(code)) return false;
  return error.passing || status >= 500 || status === 408 || status === 425 || code.startsWith("token_");
}
