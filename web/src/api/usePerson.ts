import { useSyncExternalStore } from "react";
import { onPersonChanged, person } from "./session";
import type { Person } from "./types";

/** Who is signed in on this device; null for nobody. */
export function usePerson(): Person | null {
  return useSyncExternalStore(onPersonChanged, person);
}
