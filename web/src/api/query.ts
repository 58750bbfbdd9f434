import { onlineManager, QueryClient } from "@tanstack/react-query";
import { Problem } from "./problem";

const FRESH_MS = 60_000;
const MOST_RETRIES = 3;

/**
 * Failures that pass are tried again, after as long as the platform asks for.
 *
 * Without a network nothing is paused: a page or a button that waits without saying so looks broken. Requests fail at
 * once and say so (`ErrorMessage`), what is known already stays, and what is missing is asked for when the network is back.
 */
export function makeQueryClient(): QueryClient {
  // The library takes every start for one with a network: for a page that was opened without, it would not come back.
  onlineManager.setOnline(navigator.onLine);
  return new QueryClient({
    defaultOptions: {
      queries: {
        networkMode: "always",
        refetchOnReconnect: true, // not by default in this mode
        staleTime: () => (navigator.onLine ? FRESH_MS : Infinity),
        retry: (failures, error) =>
          navigator.onLine && error instanceof Problem && error.passing && failures < MOST_RETRIES,
        retryDelay: (failures, error) => retryDelay(failures, error),
      },
      mutations: { networkMode: "always", retry: false },
    },
  });
}

/** Statuses with which a proxy says that nobody is behind it. */
const AWAY: ReadonlySet<number> = new Set([502, 503, 504]);
const LONGEST_PROBE_MS = 2_000;

/**
 * Milliseconds until it is asked again whether the platform is back. No event tells when a server starts again, or when a
 * network that the device believes to have begins to work: while nobody answers the pauses stay short. They are not the
 * same on every device, or all would come back in the same moment.
 */
export function probeDelay(failures: number, error: unknown): number {
  const { status, code, retryAfter } = error instanceof Problem ? error.details : {};
  const nobodyAnswers = code === "network" || (status !== undefined && AWAY.has(status));
  if (!nobodyAnswers || retryAfter !== undefined) return retryDelay(failures, error);
  return Math.min(500 * 2 ** failures, LONGEST_PROBE_MS) * (0.75 + Math.random() / 4);
}

/** Milliseconds until the next try. */
export function retryDelay(failures: number, error: unknown): number {
  const asked = error instanceof Problem ? error.details.retryAfter : undefined;
  return asked === undefined ? Math.min(1000 * 2 ** failures, 15_000) : asked * 1000;
}
