import {
  keepPreviousData,
  useMutation,
  useQuery,
  useQueryClient,
  type UseQueryResult,
} from "@tanstack/react-query";
import { useMemo } from "react";
import { api, data } from "~/api/client";
import type { BinDetails, BinKind, BinMap, NearbyBin, Vote } from "~/api/types";
import { ASKED_AGAIN, isStored, orKnown, type Known } from "~/features/advice/stored/orStored";
import { storeAll, storeArea, storedBins, storeNearby, type StoredBins } from "~/outbox/bins/store";
import { rounded } from "~/ui/locate";
import { fetchAllBins, KOREA, takePrefetchedBins } from "./allBins";
import { holds, type Bounds, type LatLng } from "./map/mercator";
import { snapped } from "./map/snap";
import { allStored, nearbyStored, withinStored } from "./stored/answers";

const FRESH_MS = 60_000;

/** What comes from this device is asked for again; the platform's answer is fresh for a minute, without a network for as long. */
const ASKED_SOON = {
  ...ASKED_AGAIN,
  staleTime: (query: Parameters<typeof isStored>[0]) => {
    if (isStored(query)) return 0;
    return navigator.onLine ? FRESH_MS : Infinity;
  },
} as const;

/** The answer of `ask`, which `store` is called with; without a network `answer` of what this device saw last. */
function orSeen<T>(
  signal: AbortSignal,
  ask: (signal: AbortSignal) => Promise<T>,
  store: (value: T) => Promise<void>,
  answer: (stored: StoredBins) => Known<T> | null,
): Promise<Known<T>> {
  const asked = async (either: AbortSignal) => {
    const value = await ask(either);
    void store(value);
    return value;
  };
  return orKnown(signal, asked, async () => {
    const stored = await storedBins();
    return stored && answer(stored);
  });
}

/**
 * A query whose data are known from the platform or from this device: then `asOf` says since when, in ms since 1970. It is the same
 * object until something of it changes.
 */
function useKnown<T>(query: UseQueryResult<Known<T>>) {
  const { data, error, isPending, isError, isPlaceholderData, refetch } = query;
  return useMemo(() => {
    const [value, asOf] = data ? [data.value, data.asOf] : [undefined, null];
    return { data: value, asOf, error, isPending, isError, isPlaceholderData, refetch };
  }, [data, error, isPending, isError, isPlaceholderData, refetch]);
}

/**
 * What the map shows of `bounds`; what it showed before stays until the answer is there. At first that is `allBins`,
 * where `bounds` hold all of it.
 */
export function useWithin(bounds: Bounds | null, kinds: readonly BinKind[], allBins: BinMap | undefined) {
  const area = bounds && snapped(bounds);
  const asked = area ?? KOREA;
  const all = allBins && bounds && !kinds.length && holdsAll(bounds, allBins) ? allBins : null;
  const query = useQuery<Known<BinMap>>({
    queryKey: ["bins", "within", area, kinds],
    queryFn: ({ signal }) =>
      orSeen<BinMap>(
        signal,
        (either) =>
          data(
            api.GET("/api/v1/locations/within", {
              params: { query: { ...asked, kind: [...kinds] } },
              signal: either,
            }),
          ),
        (map) => storeArea(map, asked, kinds),
        (stored) => withinStored(stored, asked, kinds),
      ),
    enabled: area !== null,
    placeholderData: (before) => before ?? (all ? { value: all, asOf: null } : undefined),
    ...ASKED_SOON,
  });
  return useKnown(query);
}

function holdsAll(bounds: Bounds, { bins, clusters }: BinMap): boolean {
  return [...bins, ...clusters].every((one) => holds(bounds, one));
}

/** All bins of the country, clustered. */
export function useAllBins() {
  const query = useQuery({
    queryKey: ["bins", "within", KOREA, []],
    queryFn: ({ signal }) =>
      orSeen<BinMap>(
        signal,
        (either) => takePrefetchedBins(either) ?? fetchAllBins(either),
        storeAll,
        allStored,
      ),
    ...ASKED_AGAIN,
  });
  return useKnown(query);
}

/** The bins nearest to `point`. */
export function useNearby(point: LatLng | null, kinds: readonly BinKind[], limit: number) {
  const from = point && rounded(point);
  const asked = from ?? { lat: 0, lng: 0 };
  const query = useQuery({
    queryKey: ["bins", "nearby", from, kinds, limit],
    queryFn: ({ signal }) =>
      orSeen<NearbyBin[]>(
        signal,
        (either) =>
          data(
            api.GET("/api/v1/locations/nearby", {
              params: { query: { ...asked, kind: [...kinds], limit } },
              signal: either,
            }),
          ),
        storeNearby,
        (stored) => nearbyStored(stored, asked, kinds, limit),
      ),
    enabled: from !== null,
    placeholderData: keepPreviousData,
    ...ASKED_SOON,
  });
  return useKnown(query);
}

/** Places that words name. */
export function usePlaces(words: string) {
  return useQuery({
    queryKey: ["bins", "places", words],
    queryFn: ({ signal }) =>
      data(api.GET("/api/v1/locations/places", { params: { query: { q: words } }, signal })),
    enabled: words !== "",
    placeholderData: keepPreviousData,
    staleTime: 600_000,
  });
}

/** The tiles that the operator chose for the map, if any. */
export function useBasemap() {
  return useQuery({
    queryKey: ["bins", "basemap"],
    queryFn: () => data(api.GET("/api/v1/locations/ground")),
    staleTime: Infinity,
  });
}

const detailsKey = (id: string) => ["bins", "details", id];

export function useDetails(id: string, enabled: boolean) {
  return useQuery({
    queryKey: detailsKey(id),
    queryFn: ({ signal }) =>
      data(api.GET("/api/v1/locations/{bin_id}", { params: { path: { bin_id: id } }, signal })),
    enabled,
    staleTime: 10_000,
  });
}

const myVoteKey = (id: string) => ["bins", "my vote", id];

/** This person's vote since the page was opened: the server does not tell whose votes it counted. */
export function useMyVote(id: string): Vote | null {
  return (
    useQuery<Vote | null>({
      queryKey: myVoteKey(id),
      queryFn: () => null,
      staleTime: Infinity,
      gcTime: Infinity,
    }).data ?? null
  );
}

/** Votes on a bin. The count changes at once, and back when the server refuses the vote. */
export function useVote(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (vote: Vote) =>
      data(
        api.POST("/api/v1/locations/{bin_id}/votes", { params: { path: { bin_id: id } }, body: { vote } }),
      ),
    onMutate: async (vote) => {
      await client.cancelQueries({ queryKey: detailsKey(id) });
      const before = {
        details: client.getQueryData<BinDetails>(detailsKey(id)),
        mine: client.getQueryData<Vote | null>(myVoteKey(id)) ?? null,
      };
      if (before.details) client.setQueryData(detailsKey(id), counted(before.details, before.mine, vote));
      client.setQueryData(myVoteKey(id), vote);
      return before;
    },
    onError: (_, __, before) => {
      client.setQueryData(detailsKey(id), before?.details);
      client.setQueryData(myVoteKey(id), before?.mine ?? null);
    },
    onSuccess: (details) => {
      client.setQueryData(detailsKey(id), details);
      // Whether it is full or hidden shows on the map and in the list.
      void client.invalidateQueries({ queryKey: ["bins", "within"] });
      void client.invalidateQueries({ queryKey: ["bins", "nearby"] });
    },
  });
}

/** `details` with a vote in place of the earlier one. */
export function counted(details: BinDetails, earlier: Vote | null, vote: Vote): BinDetails {
  const votes = { ...details.votes };
  if (earlier) votes[earlier] = Math.max(votes[earlier] - 1, 0);
  votes[vote] += 1;
  return { ...details, votes, full: vote === "full" };
}
