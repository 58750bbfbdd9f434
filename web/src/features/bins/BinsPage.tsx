import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Page } from "~/ui/Page";
import styles from "./bins.module.css";
import { Finder } from "./find/Finder";
import { useLocating } from "./find/useLocating";
import { Filters } from "./list/Filters";
import { Panel } from "./list/Panel";
import type { Camera } from "./map/camera";
import type { Mark } from "./map/groups";
import { MapView } from "./map/MapView";
import { around, MOST_ZOOM, viewOf } from "./map/mercator";
import { MapNotice } from "./MapNotice";
import { useEverywhere, useGround } from "./queries";
import { useCamera } from "./useCamera";
import { useBinSearch } from "./useBinSearch";
import { useVisibleBins } from "./useVisibleBins";
import { useMapFollowsList } from "./useMapFollowsList";

/** Map and list of bins in step. */
export default function BinsPage() {
  const { t } = useTranslation("bins");
  const search = useBinSearch();
  const everywhere = useEverywhere();
  const { camera, ready } = useCamera(search.point, everywhere.data, search.point?.how === "here");
  const shown = useVisibleBins(search, camera, ready, everywhere.data);
  const ground = useGround();
  const map = useRef<HTMLDivElement>(null);
  const [hot, setHot] = useState<string | null>(null);
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
            known={everywhere.isPending ? null : (everywhere.data?.kinds.map(({ kind }) => kind) ?? [])}
            onChange={search.setKinds}
          />
        </div>
        <div ref={map} className={styles.map}>
          <MapView
            camera={camera}
            marks={shown.marks}
            names={shown.names}
            point={search.point}
            here={search.point?.how === "here"}
            selected={search.bin}
            hot={hot}
            ground={ground.data ?? null}
            onHot={setHot}
            onMark={(mark) => {
              meet(mark, camera, (id) => {
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
          everywhere={everywhere}
          locating={locating}
          map={map}
          onGo={(view) => {
            camera.glide(view);
          }}
          hot={hot}
          onHot={setHot}
        />
      </div>
    </Page>
  );
}

const MARGIN = 72;
/** How much closer a group is looked at, at least. */
const STEP = 1.5;

/** Opens a bin; comes closer to a group until its bins stand apart, and opens the first of those that never do. */
function meet(mark: Mark, camera: Camera, open: (id: string) => void): void {
  const [first] = mark.bins;
  if (first && (mark.count === 1 || camera.view.zoom > MOST_ZOOM - 0.5)) {
    open(first.id);
    return;
  }
  const box = mark.bins.length > 1 ? around(mark.bins) : null;
  const view = box ? viewOf(box, camera.size, MARGIN) : { ...mark, zoom: camera.view.zoom };
  camera.glide({ ...view, zoom: Math.max(view.zoom, camera.view.zoom + STEP) });
}
