import { useQueryClient } from "@tanstack/react-query";

/** Forgets what is known of decks and cards: it is asked for anew. */
export function useForget(): () => void {
  const queries = useQueryClient();
  return () => void queries.invalidateQueries({ queryKey: ["learn"] });
}
