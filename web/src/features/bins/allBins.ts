import { api, data } from "~/api/client";
import type { BinMap } from "~/api/types";

/** The bounds of South Korea: from Marado to the northern border, from Baengnyeongdo to Dokdo. */
export const KOREA = { south: 33, west: 124.5, north: 38.7, east: 132 };

/** All bins of the country, clustered. */
export function fetchAllBins(signal?: AbortSignal): Promise<BinMap> {
  return data(
    api.GET("/api/v1/locations/within", {
      params: { query: { ...KOREA, kind: [] } },
      ...(signal && { signal }),
    }),
  );
}

let early: Promise<BinMap> | null | undefined;
const stopped = new AbortController();

/** Starts the request while the code of the page is still being fetched, once: a slow phone takes a second for that. */
export function prefetchAllBins(): void {
  if (early !== undefined) return;
  early = fetchAllBins(stopped.signal);
  early.catch(() => undefined); // reported by the query that takes it
}

/** The request that was started early, for the first who takes it, until `signal` ends it; null for everybody after. */
export function takePrefetchedBins(signal?: AbortSignal): Promise<BinMap> | null {
  const asked = early ?? null;
  early = null;
  if (asked) {
    signal?.addEventListener("abort", () => {
      stopped.abort();
    });
  }
  return asked;
}
