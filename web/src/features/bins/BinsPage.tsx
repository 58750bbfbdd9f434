import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Page } from "~/ui/Page";
import styles from "./bins.module.css";
import { Finder } from "./find/Finder";
import { useLocating } from "./find/useLocating";
import { Filters } from "./list/Filters";
import { Panel } from "./list/Panel";
import type { Camera } from "./map/camera";
import type { Marker } from "./map/groups";
import { MapView } from "./map/MapView";
import { around, MOST_ZOOM, viewOf } from "./map/mercator";
import { MapNotice } from "./MapNotice";
import { useAllBins, useBasemap } from "./queries";
import { useCamera } from "./useCamera";
import { useBinSearch } from "./useBinSearch";
import { useVisibleBins } from "./useVisibleBins";
import { useMapFollowsList } from "./useMapFollowsList";

/** The map of bins, and the same bins as a list. */
export default function BinsPage() {
  const { t } = useTranslation("bins");
  const search = useBinSearch();
  const allBins = useAllBins();
  const { camera, ready } = useCamera(search.point, allBins.data, search.point?.how === "here");
  const shown = useVisibleBins(search, camera, ready, allBins.data);
  const basemap = useBasemap();
  const map = useRef<HTMLDivElement>(null);
  const [highlighted, setHighlighted] = useState<string | null>(null);
  const locating = useLocating(search.setHere);
  useMapFollowsList(search, shown, camera);

  return (
    <Page title={t("title")} wide>
      <div className={styles.bins}>
        <div className={styles.find}>
          <Finder locating={locating} onPlace={search.setPoint} />
          <Filters
            chosen={search.kinds}
            counts={shown.within.data?.kinds ?? null}
            known={allBins.isPending ? null : (allBins.data?.kinds.map(({ kind }) => kind) ?? [])}
            onChange={search.setKinds}
          />
        </div>
        <div ref={map} className={styles.map}>
          <MapView
            camera={camera}
            markers={shown.markers}
            names={shown.names}
            point={search.point}
            here={search.point?.how === "here"}
            selected={search.bin}
            highlighted={highlighted}
            basemap={basemap.data ?? null}
            credits={shown.within.data?.credits ?? allBins.data?.credits ?? []}
            onHighlight={setHighlighted}
            onMarker={(marker) => {
              openMarker(marker, camera, (id) => {
                if (id !== search.bin) search.setBin(id);
              });
            }}
            onPoint={search.setPoint}
          >
            <MapNotice search={search} shown={shown} camera={camera} />
          </MapView>
        </div>
        <Panel
          search={search}
          shown={shown}
          allBins={allBins}
          locating={locating}
          map={map}
          onGo={(view) => {
            camera.glide(view);
          }}
          highlighted={highlighted}
          onHighlight={setHighlighted}
        />
      </div>
    </Page>
  );
}

const MARGIN = 72;
/** By how much the zoom grows, at least, when a group is opened. */
const STEP = 1.5;

/** Opens a bin, or zooms in on a group. At the largest zoom the first bin of a group that does not come apart is opened. */
function openMarker(marker: Marker, camera: Camera, open: (id: string) => void): void {
  const [first] = marker.bins;
  if (first && (marker.count === 1 || camera.view.zoom > MOST_ZOOM - 0.5)) {
    open(first.id);
    return;
  }
  const box = marker.bins.length > 1 ? around(marker.bins) : null;
  const view = box
    ? viewOf(box, camera.size, MARGIN)
    : { ...(marker.home ?? marker), zoom: camera.view.zoom };
  camera.glide({ ...view, zoom: Math.max(view.zoom, camera.view.zoom + STEP) });
}
