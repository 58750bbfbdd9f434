import { useDeferredValue, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import type { BinDetails, BinMap, BinPoint, NearbyBin } from "~/api/types";
import type { Camera } from "./map/camera";
import { clearOf } from "./map/clear";
import { markersOf, withChosen } from "./map/groups";
import { namesOf } from "./map/labels";
import { useRested, useSettled } from "./map/layers";
import { boundsOf } from "./map/mercator";
import { useDetails, useNearby, useWithin } from "./queries";
import type { BinWithoutDistance, BinSearch, Point } from "./useBinSearch";

/** The zoom from which the list follows the map; below it, a point has to be chosen. */
const NEAR = 10.5;
const FIRST = 20;
const MORE = 30;
const MOST = 100;

/** The bins that map and list show. Both are fetched anew when the map stands still. */
export function useVisibleBins(
  { kinds, bin, foreign, point }: BinSearch,
  camera: Camera,
  ready: boolean,
  allBins: BinMap | undefined,
) {
  const rested = useRested(camera);
  const bounds = ready && camera.size.width > 0 ? boundsOf(rested, camera.size) : null;
  // Drawing what has come takes a slow phone longer than a finger waits: it is done in pieces, between which it answers.
  const within = useDeferredValue(useWithin(bounds, kinds, allBins));
  const settled = useSettled(camera);
  const from = point ?? (ready && settled.zoom >= NEAR ? settled : null);

  // "More" holds for one search: another begins with the first few again.
  const question = `${point?.lat} ${point?.lng} ${kinds.join()}`;
  const [wanted, setWanted] = useState({ question, limit: FIRST });
  const limit = wanted.question === question ? wanted.limit : FIRST;
  const nearby = useDeferredValue(useNearby(from, kinds, limit));

  const listed = nearby.data?.find((one) => one.id === bin) ?? foreign;
  const near = listed ?? onDevice(within, bin);
  const details = useDetails(bin ?? "", bin !== null && near === null);
  const chosen = bin === null ? null : (near ?? details.data ?? null);
  const told = from ? nearby.data : undefined;
  const { markers, names } = useDrawn(within.data, told, chosen, point, rested.zoom);
  return {
    bounds,
    within,
    nearby,
    from,
    near,
    /** Since when this device knows `near`, ms since 1970; null for an answer of the platform. */
    nearAsOf: listed ? nearby.asOf : within.asOf,
    chosen,
    markers,
    names,
    more:
      limit < MOST && nearby.data?.length === limit
        ? () => {
            setWanted({ question, limit: Math.min(limit + MORE, MOST) });
          }
        : null,
  };
}

export type VisibleBins = ReturnType<typeof useVisibleBins>;

/** A bin that this device knows, when nobody else can be asked about it. */
function onDevice(
  { data, asOf }: ReturnType<typeof useWithin>,
  id: string | null,
): BinWithoutDistance | null {
  const bin = asOf === null ? null : data?.bins.find((one) => one.id === id);
  return bin ? { source: "", ...bin } : null;
}

type Within = NonNullable<ReturnType<typeof useWithin>["data"]>;

/** Markers and names for the map. The chosen bin is never part of a group, and no marker covers the person's point. */
function useDrawn(
  within: Within | undefined,
  nearby: readonly NearbyBin[] | undefined,
  chosen: BinWithoutDistance | BinDetails | null,
  from: Point | null,
  zoom: number,
) {
  const markers = useMemo(() => {
    const others = (within?.bins ?? []).filter((one) => one.id !== chosen?.id);
    const drawn = markersOf(others, within?.clusters ?? [], zoom);
    const all = chosen ? withChosen(drawn, point(chosen), zoom) : drawn;
    return from ? clearOf(all, from, from.how === "here", zoom) : all;
  }, [within, chosen, from, zoom]);
  const { i18n } = useTranslation();
  const names = useMemo(() => {
    const known = within?.bins.length ? within.bins : (nearby ?? []).map(point);
    return namesOf(known, zoom, i18n.language === "en" ? "en" : "ko");
  }, [within, nearby, zoom, i18n.language]);
  return { markers, names };
}

function point(bin: BinWithoutDistance | BinDetails): BinPoint {
  return { ...bin, address: bin.address ?? null, full: bin.full };
}
