import { useSyncExternalStore } from "react";

/** A value that tells who listens when another one takes its place. */
export type Value<T> = Readonly<{
  get: () => T;
  set: (next: T) => void;
  subscribe: (listener: () => void) => () => void;
}>;

export function makeValue<T>(initial: T): Value<T> {
  let current = initial;
  const listeners = new Set<() => void>();
  return {
    get: () => current,
    set(next) {
      if (Object.is(next, current)) return;
      current = next;
      for (const listener of listeners) listener();
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

export function useValue<T>({ get, subscribe }: Value<T>): T {
  return useSyncExternalStore(subscribe, get);
}
