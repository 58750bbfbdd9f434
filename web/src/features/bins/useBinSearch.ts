import { useCallback, useMemo, useState } from "react";
import { useLocation, useSearchParams } from "react-router";
import { isForeign } from "~/api/sources";
import type { BinKind, NearbyBin, Place } from "~/api/types";
import { readAddress, writeAddress, type Address } from "./address";
import type { LatLng } from "./map/mercator";

/** From where distances count: where the person is, a place they named, or a spot on the map. */
export type Point = LatLng & Readonly<{ how: "here" | "place" | "spot"; name: string | null }>;

/** A bin as it was found, without how far it was from there. */
export type BinWithoutDistance = Omit<NearbyBin, "distance_m">;

/** What somebody looks for. All of it stands in the address but where they are, which is kept nowhere. */
export function useBinSearch() {
  const [params, setParams] = useSearchParams();
  const { kinds, bin, point: asked, place } = useMemo(() => readAddress(params), [params]);
  const foreign = useForeign();
  const [here, setHere] = useState<LatLng | null>(null);

  const change = useCallback(
    (to: Partial<Address>, replace: boolean, state?: Kept) => {
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
    /** The chosen bin, when it is one of another map. */
    foreign: bin === null ? foreign : null,
    point,
    setKinds: useCallback(
      (to: readonly BinKind[]) => {
        change({ kinds: to, bin: null }, true);
      },
      [change],
    ),
    /** The way back in the browser leads back to the list. */
    setBin: useCallback(
      (to: string | NearbyBin | null) => {
        if (to === null || typeof to === "string") change({ bin: to }, to === null);
        else if (isForeign(to.source)) change({ bin: null }, false, { foreign: found(to) });
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

/** What an entry of the browser's history keeps. */
type Kept = Readonly<{ foreign?: BinWithoutDistance }>;

/**
 * The platform cannot be asked for a bin of another map, so no address names it: the entry of the history keeps what was
 * known of it, through a reload too.
 */
function useForeign(): BinWithoutDistance | null {
  const { state } = useLocation() as { state: Kept | null };
  return state?.foreign ?? null;
}

function found({
  id,
  kind,
  name,
  address,
  lat,
  lng,
  source,
  route_url,
  full,
}: NearbyBin): BinWithoutDistance {
  return { id, kind, name, address: address ?? null, lat, lng, source, route_url, full };
}

export type BinSearch = ReturnType<typeof useBinSearch>;
