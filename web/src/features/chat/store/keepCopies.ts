/** Keeps the last messages of the rooms that are open on this device. */
import { onSessionEnded, person } from "~/api/session";
import { keepRoomCopy, removeRoomCopies } from "~/outbox/rooms/store";
import type { Message } from "~/api/types";
import { conversationOf, onConversationsChanged, openConversations } from "./conversation";
import { roomOf } from "./rooms";

/** What is said in a moment is stored once. */
const SOON_MS = 500;

/** The messages of each room that are stored, or about to be. */
const stored = new Map<string, readonly Message[]>();
const timers = new Map<string, ReturnType<typeof setTimeout>>();

onSessionEnded(() => {
  for (const timer of timers.values()) clearTimeout(timer);
  timers.clear();
  stored.clear();
  void removeRoomCopies();
});

onConversationsChanged(() => {
  for (const id of openConversations()) {
    const here = conversationOf(id);
    // What is shown from the middle of a room are not its last messages.
    if (!here || here.hasNewer || here.asOf !== null || stored.get(id) === here.messages) continue;
    stored.set(id, here.messages);
    clearTimeout(timers.get(id));
    timers.set(
      id,
      setTimeout(() => void keep(id), SOON_MS),
    );
  }
});

async function keep(id: string): Promise<void> {
  const [here, room, me] = [conversationOf(id), roomOf(id), person()];
  if (!here || here.hasNewer || here.asOf !== null || !room?.role || !me) return;
  await keepRoomCopy({
    id,
    by: me.id,
    room,
    messages: here.messages,
    rev: here.rev,
    asOf: Date.now(),
  });
}
