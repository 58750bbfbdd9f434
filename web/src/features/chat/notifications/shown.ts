/** Takes notices away that are read by now: here, or on another device, which tells every open page of chat. */
import { allRooms, onRoomsChanged, readSeqOf } from "../store/rooms";

let started = false;

/** From now on, as long as the tab is open. */
export function takeReadNoticesAway(): void {
  if (started || !("serviceWorker" in navigator)) return;
  started = true;
  const before = new Map<string, number>();
  onRoomsChanged(() => {
    for (const room of allRooms()) {
      const read = readSeqOf(room);
      if (before.get(room._id) === read) continue;
      before.set(room._id, read);
      void closeUpTo(room._id, read);
    }
  });
}

/** Closes the notice of a room where it tells of nothing newer than the message number `seq`. */
export async function closeUpTo(room: string, seq: number): Promise<void> {
  const own = await navigator.serviceWorker.getRegistration();
  for (const shown of (await own?.getNotifications({ tag: room })) ?? []) {
    const told = shown.data as { seq?: number } | null;
    if ((told?.seq ?? 0) <= seq) shown.close();
  }
}
