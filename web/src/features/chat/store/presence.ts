/** Who is in a room now, and who is writing. What is heard of it may be lost, so it runs out by itself. */
import { makeValue, useValue } from "./value";

/** Nobody says that somebody whose tab has died writes no more. */
const TYPING_MS = 6_000;

export type Writer = Readonly<{ userId: string; username: string; until: number }>;
type OfRoom = Readonly<{
  /** By the id of who is here; null before anybody has told. */
  here: ReadonlyMap<string, string> | null;
  writing: readonly Writer[];
}>;

const NOBODY: OfRoom = { here: null, writing: [] };

const rooms = makeValue<ReadonlyMap<string, OfRoom>>(new Map());
const timers = new Map<string, ReturnType<typeof setTimeout>>();

function change(id: string, to: (before: OfRoom) => OfRoom): void {
  rooms.set(new Map([...rooms.get(), [id, to(rooms.get().get(id) ?? NOBODY)]]));
}

/** All who are here, as the server has told. */
export function areHere(id: string, people: readonly (readonly [string, string])[]): void {
  change(id, (before) => ({ ...before, here: new Map(people) }));
}

export function came(id: string, userId: string, username: string): void {
  change(id, (before) => ({ ...before, here: new Map([...(before.here ?? []), [userId, username]]) }));
}

export function went(id: string, userId: string): void {
  change(id, ({ here, writing }) => ({
    here: here && new Map([...here].filter(([each]) => each !== userId)),
    writing: writing.filter((each) => each.userId !== userId),
  }));
}

/** Somebody writes, which is forgotten after six seconds; or has stopped. */
export function writes(id: string, userId: string, username: string, isTyping: boolean): void {
  const until = Date.now() + TYPING_MS;
  change(id, ({ here, writing }) => {
    const others = writing.filter((each) => each.userId !== userId);
    return { here, writing: isTyping ? [...others, { userId, username, until }] : others };
  });
  if (isTyping) forgetLater(id);
}

function forgetLater(id: string): void {
  clearTimeout(timers.get(id));
  timers.set(
    id,
    setTimeout(() => {
      change(id, (before) => ({
        ...before,
        writing: before.writing.filter(({ until }) => until > Date.now()),
      }));
      if (writersIn(id).length > 0) forgetLater(id);
    }, TYPING_MS + 50),
  );
}

export function writersIn(id: string): readonly Writer[] {
  return rooms.get().get(id)?.writing ?? [];
}

export function usePresence(id: string): OfRoom {
  return useValue(rooms).get(id) ?? NOBODY;
}
