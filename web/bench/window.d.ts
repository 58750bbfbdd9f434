import type { Seen } from "./watch";

declare global {
  interface Window {
    /** Set by watch.ts. */
    seen: Seen;
  }
}
