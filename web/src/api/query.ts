import { QueryClient } from "@tanstack/react-query";
import { Problem } from "./problem";

/** Failures that pass are tried again, after as long as the platform asks for. */
export function makeQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 60_000,
        retry: (failures, error) => error instanceof Problem && error.passing && failures < 3,
        retryDelay: (failures, error) => patience(failures, error),
      },
      mutations: { retry: false },
    },
  });
}

/** Milliseconds until the next try. */
export function patience(failures: number, error: unknown): number {
  const asked = error instanceof Problem ? error.details.retryAfter : undefined;
  return asked === undefined ? Math.min(1000 * 2 ** failures, 15_000) : asked * 1000;
}
