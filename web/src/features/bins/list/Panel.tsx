import { useEffect, useRef, type RefObject } from "react";
import { useTranslation } from "react-i18next";
import { announce } from "~/ui/announce";
import { ErrorMessage } from "~/ui/ErrorMessage";
import type { Locating } from "../find/useLocating";
import { bringIntoView } from "../inView";
import type { View } from "../map/mercator";
import type { useAllBins } from "../queries";
import type { BinSearch } from "../useBinSearch";
import type { VisibleBins } from "../useVisibleBins";
import { rowId } from "./BinList";
import { Details } from "./Details";
import { FromThisDevice } from "./FromThisDevice";
import { Nearest } from "./Nearest";
import { NoBins } from "./NoBins";
import { RowSkeletons } from "./RowSkeletons";
import { AskWhere } from "./AskWhere";
import styles from "./list.module.css";

type Props = Readonly<{
  search: BinSearch;
  shown: VisibleBins;
  allBins: ReturnType<typeof useAllBins>;
  locating: Locating;
  map: RefObject<HTMLElement | null>;
  /** Moves the map. */
  onGo: (view: View) => void;
  highlighted: string | null;
  onHighlight: (id: string | null) => void;
}>;

/** Beside the map: the list of the nearest bins, or the details of the chosen one. */
export function Panel(props: Props) {
  const { search, map, onGo } = props;
  const { bin } = search;
  const panel = useRef<HTMLDivElement>(null);
  useAnnouncement(props.shown);
  const opened = useRef<string | null>(null);
  useEffect(() => {
    if (bin) bringIntoView(map.current, panel.current);
    // Back in the list, the focus returns to the row that was opened.
    else if (opened.current) document.getElementById(rowId(opened.current))?.focus();
    opened.current = bin;
  }, [bin, map]);

  /** The button that was pressed is removed: the focus goes to what replaces it. */
  const stay = () => {
    panel.current?.focus({ preventScroll: true });
    bringIntoView(map.current, panel.current);
  };

  return (
    <div ref={panel} className={styles.panel} tabIndex={-1}>
      <Content
        {...props}
        onGo={(view) => {
          stay();
          onGo(view);
        }}
        onForget={() => {
          stay();
          search.setPoint(null);
        }}
      />
    </div>
  );
}

function Content(props: Props & Readonly<{ onForget: () => void }>) {
  const { search, shown, allBins } = props;
  const { bin, setBin } = search;
  const { near, nearby, from } = shown;
  const back = () => {
    setBin(null);
  };

  if (bin) return <Details key={bin} id={bin} near={near} asOf={shown.nearAsOf} onBack={back} />;
  const failed = [allBins, shown.within, nearby].find((query) => query.isError && !query.data);
  if (failed) return <ErrorMessage error={failed.error} onRetry={() => void failed.refetch()} />;
  if (allBins.data?.total === 0 || (from && nearby.data?.length === 0)) return <NoBins search={search} />;
  if (from && nearby.data) {
    return (
      <>
        <FromThisDevice asOf={nearby.asOf} />
        <Nearest {...props} />
      </>
    );
  }
  if (from || !allBins.data) return <RowSkeletons />;
  return (
    <>
      <FromThisDevice asOf={allBins.asOf} />
      <AskWhere allBins={allBins.data} locating={props.locating} onGo={props.onGo} />
    </>
  );
}

/** Tells screen readers how many bins there are whenever the list changes. */
function useAnnouncement({ nearby, from }: VisibleBins) {
  const { t } = useTranslation("bins");
  const { data, isPlaceholderData } = nearby;
  const listed = from !== null;
  useEffect(() => {
    if (data && listed && !isPlaceholderData) announce(t("list.found", { count: data.length }));
  }, [data, isPlaceholderData, listed, t]);
}
