/** Files of rooms: sent ahead of a message, and fetched by those who may have them. */
import { api, data } from "~/api/client";
import { probeDelay } from "~/api/query";
import type { RoomFile } from "~/api/types";
import { isPassing } from "~/outbox/messages/transport";
import { upload } from "~/photo/upload";

/** Of one message. */
export const MOST_FILES = 10;
/** How often it is asked again for a file that arrived and could not be looked at just then. */
const MOST_TRIES = 5;

type Watch = Readonly<{ signal: AbortSignal; onProgress: (share: number) => void }>;

/** Sends a file for a room and has the server look at it. Throws a Problem for what it does not take, with why. */
export async function sendFile(
  room_id: string,
  file: File,
  { signal, onProgress }: Watch,
): Promise<RoomFile> {
  const ticket = await data(
    api.POST("/api/v1/chat/rooms/{room_id}/files", {
      params: { path: { room_id } },
      body: { name: file.name || "file", content_type: file.type, size: file.size },
      signal,
    }),
  );
  try {
    await upload(ticket, file, { signal, onProgress });
    return await completed(ticket.file_id, signal);
  } catch (error) {
    // What nobody sends would count until tomorrow.
    void discardFile(ticket.file_id).catch(() => undefined);
    throw error;
  }
}

async function completed(file_id: string, signal: AbortSignal): Promise<RoomFile> {
  for (let failures = 0; ; failures++) {
    try {
      return await data(
        api.POST("/api/v1/chat/files/{file_id}/complete", { params: { path: { file_id } }, signal }),
      );
    } catch (error) {
      if (signal.aborted || !isPassing(error) || failures >= MOST_TRIES) throw error;
      await pause(probeDelay(failures, error), signal);
    }
  }
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener(
      "abort",
      () => {
        clearTimeout(timer);
        reject(new DOMException("cancelled", "AbortError"));
      },
      { once: true },
    );
  });
}

/** Takes a file back that no message has. */
export async function discardFile(file_id: string): Promise<void> {
  await data(api.DELETE("/api/v1/chat/files/{file_id}", { params: { path: { file_id } } }));
}

/** The bytes of a file, or of a picture's thumbnail. */
export function fetchFile(file_id: string, what: "whole" | "thumbnail", signal?: AbortSignal): Promise<Blob> {
  const asked = { params: { path: { file_id } }, parseAs: "blob", ...(signal ? { signal } : {}) } as const;
  return data<Blob>(
    what === "whole"
      ? api.GET("/api/v1/chat/files/{file_id}", asked)
      : api.GET("/api/v1/chat/files/{file_id}/thumbnail", asked),
  );
}
