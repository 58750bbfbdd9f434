import { useCallback, useMemo, useState } from "react";
import { useLocation, useSearchParams } from "react-router";
import { isForeign } from "~/api/sources";
import type { BinKind, NearbyBin, Place } from "~/api/types";
import { readAddress, writeAddress, type Address } from "./address";
import type { LatLng } from "./map/mercator";

/** From where distances count: where the person is, a place they named, or a spot on the map. */
export type Point = LatLng & Readonly<{ how: "here" | "place" | "spot"; name: string | null }>;

/** A bin that was found, without its distance: that would tell where the person was. */
export type BinWithoutDistance = Omit<NearbyBin, "distance_m">;

/** What the person searches for. It is all in the address of the page, except where they are, which is stored nowhere. */
export function useBinSearch() {
  const [params, setParams] = useSearchParams();
  const { kinds, bin, point: asked, place } = useMemo(() => readAddress(params), [params]);
  const foreign = useForeignBin();
  const [here, setHere] = useState<LatLng | null>(null);

  const change = useCallback(
    (to: Partial<Address>, replace: boolean, state?: HistoryState) => {
      setParams((before) => writeAddress({ ...readAddress(before), ...to }), {
        replace,
        state,
        preventScrollReset: true,
      });
    },
    [setParams],
  );

  const point = useMemo<Point | null>(() => {
    if (here) return { ...here, how: "here", name: null };
    return asked && { ...asked, how: place ? "place" : "spot", name: place };
  }, [here, asked, place]);

  return {
    kinds,
    bin: bin ?? foreign?.id ?? null,
    /** The chosen bin, when it comes from an external map service. */
    foreign: bin === null ? foreign : null,
    point,
    setKinds: useCallback(
      (to: readonly BinKind[]) => {
        change({ kinds: to, bin: null }, true);
      },
      [change],
    ),
    /** Adds to the browser's history, so that its back button leads back to the list. */
    setBin: useCallback(
      (to: string | NearbyBin | null) => {
        if (to === null || typeof to === "string") change({ bin: to }, to === null);
        else if (isForeign(to.source)) change({ bin: null }, false, { foreign: withoutDistance(to) });
        else change({ bin: to.id }, false);
      },
      [change],
    ),
    setHere: useCallback(
      (to: LatLng) => {
        setHere(to);
        change({ point: null, place: null, bin: null }, true);
      },
      [change],
    ),
    setPoint: useCallback(
      (to: LatLng | Place | null) => {
        setHere(null);
        change({ point: to, place: to && "name" in to ? to.name : null, bin: null }, true);
      },
      [change],
    ),
  };
}

/** What we store in an entry of the browser's history. */
type HistoryState = Readonly<{ foreign?: BinWithoutDistance }>;

/**
 * The server does not know bins of external map services, so an address cannot name them. What is known of one is stored in
 * the entry of the browser's history, which survives a reload.
 */
function useForeignBin(): BinWithoutDistance | null {
  const { state } = useLocation() as { state: HistoryState | null };
  return state?.foreign ?? null;
}

function withoutDistance({
  id,
  kind,
  name,
  address,
  lat,
  lng,
  source,
  route_url,
  full,
  doubted,
}: NearbyBin): BinWithoutDistance {
  return { id, kind, name, address: address ?? null, lat, lng, source, route_url, full, doubted };
}

export type BinSearch = ReturnType<typeof useBinSearch>;
