import { useInfiniteQuery } from "@tanstack/react-query";
import type { Part } from "./server";

/** A list that is read part by part. */
export function useParts<T>(key: readonly unknown[], read: (cursor: string | null) => Promise<Part<T>>) {
  const query = useInfiniteQuery({
    queryKey: ["chat", ...key],
    queryFn: ({ pageParam }) => read(pageParam),
    initialPageParam: null as string | null,
    getNextPageParam: ({ next }) => next,
    staleTime: 0,
  });
  return { ...query, items: query.data?.pages.flatMap(({ items }) => items) ?? [] };
}
