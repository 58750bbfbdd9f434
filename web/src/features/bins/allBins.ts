import { api, data } from "~/api/client";
import type { BinMap } from "~/api/types";

/** From Marado to the northern border, from Baengnyeongdo to Dokdo. */
export const KOREA = { south: 33, west: 124.5, north: 38.7, east: 132 };

/** Where there are bins at all. */
export function everywhere(signal?: AbortSignal): Promise<BinMap> {
  return data(
    api.GET("/api/v1/locations/within", {
      params: { query: { ...KOREA, kind: [] } },
      ...(signal && { signal }),
    }),
  );
}

let early: Promise<BinMap> | null | undefined;

/** Asks beside the page's code, once: until it is here and drawn, a slow phone takes a second. */
export function prefetchAllBins(): void {
  if (early !== undefined) return;
  early = everywhere();
  early.catch(() => undefined); // whoever draws the page meets the failure
}

/** What was asked early; the next who asks, asks anew. */
export function takePrefetchedBins(): Promise<BinMap> | null {
  const asked = early ?? null;
  early = null;
  return asked;
}
