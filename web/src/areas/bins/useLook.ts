import { useCallback, useMemo, useState } from "react";
import { useSearchParams } from "react-router";
import type { BinKind, Place } from "~/api/types";
import { readAddress, writeAddress, type Address } from "./address";
import type { LatLng } from "./map/mercator";

/** From where distances count: where the person is, a place they named, or a spot on the map. */
export type Point = LatLng & Readonly<{ how: "here" | "place" | "spot"; name: string | null }>;

/** What somebody looks for. All of it stands in the address but where they are, which is kept nowhere. */
export function useLook() {
  const [params, setParams] = useSearchParams();
  const { kinds, bin, point: asked, place } = useMemo(() => readAddress(params), [params]);
  const [here, setHere] = useState<LatLng | null>(null);

  const change = useCallback(
    (to: Partial<Address>, replace: boolean) => {
      setParams((before) => writeAddress({ ...readAddress(before), ...to }), {
        replace,
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
    bin,
    point,
    setKinds: useCallback(
      (to: readonly BinKind[]) => {
        change({ kinds: to, bin: null }, true);
      },
      [change],
    ),
    /** The way back in the browser leads back to the list. */
    setBin: useCallback(
      (to: string | null) => {
        change({ bin: to }, to === null);
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

export type Look = ReturnType<typeof useLook>;
