import { QueryClient } from "@tanstack/react-query";
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

/** Milliseconds until the next try. */
export function retryDelay(failures: number, error: unknown): number {
  const asked = error instanceof Problem ? error.details.retryAfter : undefined;
  return asked === undefined ? Math.min(1000 * 2 ** failures, 15_000) : asked * 1000;
}
