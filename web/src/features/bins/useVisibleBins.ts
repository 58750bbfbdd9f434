import { useMemo, useState } from "react";
import type { BinDetails, BinMap, BinPoint, NearbyBin } from "~/api/types";
import type { Camera } from "./map/camera";
import { marksOf, withChosen } from "./map/groups";
import { namesOf } from "./map/labels";
import { useRested, useSettled } from "./map/layers";
import { boundsOf } from "./map/mercator";
import { useDetails, useNearby, useWithin } from "./queries";
import type { BinWithoutDistance, BinSearch } from "./useBinSearch";

/** From here on the list follows the map; before, it waits for a point. */
const NEAR = 10.5;
const FIRST = 20;
const MORE = 30;
const MOST = 100;

/** What map and list show: both ask anew when the map stands still. */
export function useVisibleBins(
  { kinds, bin, foreign, point }: BinSearch,
  camera: Camera,
  ready: boolean,
  everything: BinMap | undefined,
) {
  const rested = useRested(camera);
  const bounds = ready && camera.size.width > 0 ? boundsOf(rested, camera.size) : null;
  const within = useWithin(bounds, kinds, everything);
  const settled = useSettled(camera);
  const from = point ?? (ready && settled.zoom >= NEAR ? settled : null);

  // As many as were asked for, as long as the question is the same.
  const question = `${point?.lat} ${point?.lng} ${kinds.join()}`;
  const [wanted, setWanted] = useState({ question, limit: FIRST });
  const limit = wanted.question === question ? wanted.limit : FIRST;
  const nearby = useNearby(from, kinds, limit);

  const near = nearby.data?.find((one) => one.id === bin) ?? foreign;
  const details = useDetails(bin ?? "", bin !== null && near === null);
  const chosen = bin === null ? null : (near ?? details.data ?? null);
  const told = from ? nearby.data : undefined;
  const { marks, names } = useDrawn(within.data, told, chosen, rested.zoom);
  return {
    bounds,
    within,
    nearby,
    from,
    near,
    chosen,
    marks,
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

type Within = NonNullable<ReturnType<typeof useWithin>["data"]>;

/** Marks and names for the map. The chosen bin never hides in a group: who chose it looks for it. */
function useDrawn(
  within: Within | undefined,
  nearby: readonly NearbyBin[] | undefined,
  chosen: BinWithoutDistance | BinDetails | null,
  zoom: number,
) {
  const marks = useMemo(() => {
    const others = (within?.bins ?? []).filter((one) => one.id !== chosen?.id);
    const drawn = marksOf(others, within?.clusters ?? [], zoom);
    return chosen ? withChosen(drawn, point(chosen), zoom) : drawn;
  }, [within, chosen, zoom]);
  const names = useMemo(() => {
    const known = within?.bins.length ? within.bins : (nearby ?? []).map(point);
    return namesOf(known, zoom);
  }, [within, nearby, zoom]);
  return { marks, names };
}

function point(bin: BinWithoutDistance | BinDetails): BinPoint {
  return { ...bin, address: bin.address ?? null, full: bin.full };
}
