import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, data } from "~/api/client";
import { Problem } from "~/api/problem";
import type { Export } from "~/api/types";

const KEY = ["account", "export"];
const POLL_MS = 1_000;

export function isOpen({ state }: Export): boolean {
  return state === "waiting" || state === "working";
}

/** The newest archive, null for none; followed while it is being made. */
export function useArchive() {
  const client = useQueryClient();
  return useQuery({
    queryKey: KEY,
    queryFn: async () => {
      const known = client.getQueryData<Export | null>(KEY);
      return known ? progressOf(known.id) : newest();
    },
    staleTime: 0,
    refetchInterval: ({ state }) => (state.data && isOpen(state.data) ? POLL_MS : false),
  });
}

async function newest(): Promise<Export | null> {
  const [first] = await data(api.GET("/api/v1/users/me/exports"));
  return first ?? null;
}

/** Null once its time is over, or it was removed on another device. */
async function progressOf(id: string): Promise<Export | null> {
  try {
    const path = { export_id: id };
    return await data(api.GET("/api/v1/users/me/exports/{export_id}", { params: { path } }));
  } catch (error) {
    if (error instanceof Problem && error.code === "export_missing") return newest();
    throw error;
  }
}

/** Asks for a new one. `reauthenticated` has the person show first who they are, where the platform wants that. */
export function useAskForArchive(reauthenticated: (work: () => Promise<Export>) => Promise<Export | null>) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => reauthenticated(() => data(api.POST("/api/v1/users/me/exports"))),
    onSuccess: async (asked) => {
      if (!asked) return;
      await client.cancelQueries({ queryKey: KEY }); // what was asked before knows nothing of it
      client.setQueryData(KEY, asked);
    },
  });
}

export function useRemoveArchive() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (id: string) => {
      await client.cancelQueries({ queryKey: KEY });
      await data(api.DELETE("/api/v1/users/me/exports/{export_id}", { params: { path: { export_id: id } } }));
    },
    onSuccess: () => {
      client.setQueryData(KEY, null);
    },
  });
}
