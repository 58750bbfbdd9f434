/** What is stored of rooms on this device, where nobody answers. */
import { Problem } from "~/api/problem";
import { person } from "~/api/session";
import { roomCopy, type RoomCopy } from "~/outbox/rooms/store";

/** What is stored of a room, where `error` says that nobody answered; null otherwise, and where nothing is. */
export async function copyInstead(id: string, error: unknown): Promise<RoomCopy | null> {
  const me = person();
  return me && error instanceof Problem && error.passing ? roomCopy(id, me.id) : null;
}
