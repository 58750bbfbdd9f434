import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, data } from "~/api/client";
import type { BinDetails, BinKind, BinMap, Vote } from "~/api/types";
import { rounded } from "~/ui/locate";
import { fetchAllBins, KOREA, takePrefetchedBins } from "./allBins";
import { holds, type Bounds, type LatLng } from "./map/mercator";
import { snapped } from "./map/snap";

/** Without a network these queries wait: what is shown stays, and the map says so. */
const WAITS = { networkMode: "online" } as const;

/**
 * What the map shows of `bounds`; what it showed before stays until the answer is there. At first that is `allBins`,
 * where `bounds` hold all of it.
 */
export function useWithin(bounds: Bounds | null, kinds: readonly BinKind[], allBins: BinMap | undefined) {
  const area = bounds && snapped(bounds);
  return useQuery<BinMap>({
    queryKey: ["bins", "within", area, kinds],
    queryFn: ({ signal }) =>
      data(
        api.GET("/api/v1/locations/within", {
          params: { query: { ...(area ?? KOREA), kind: [...kinds] } },
          signal,
        }),
      ),
    enabled: area !== null,
    placeholderData: (before) =>
      before ?? (allBins && bounds && !kinds.length && holdsAll(bounds, allBins) ? allBins : undefined),
    ...WAITS,
  });
}

function holdsAll(bounds: Bounds, { bins, clusters }: BinMap): boolean {
  return [...bins, ...clusters].every((one) => holds(bounds, one));
}

/** All bins of the country, clustered. */
export function useAllBins() {
  return useQuery({
    queryKey: ["bins", "within", KOREA, []],
    queryFn: ({ signal }) => takePrefetchedBins() ?? fetchAllBins(signal),
    staleTime: 600_000,
  });
}

/** The bins nearest to `point`. */
export function useNearby(point: LatLng | null, kinds: readonly BinKind[], limit: number) {
  const from = point && rounded(point);
  return useQuery({
    queryKey: ["bins", "nearby", from, kinds, limit],
    queryFn: ({ signal }) =>
      data(
        api.GET("/api/v1/locations/nearby", {
          params: { query: { ...(from ?? { lat: 0, lng: 0 }), kind: [...kinds], limit } },
          signal,
        }),
      ),
    enabled: from !== null,
    placeholderData: keepPreviousData,
    ...WAITS,
  });
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
