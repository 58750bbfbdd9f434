import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { isForeign, isSample } from "~/api/sources";
import type { BinDetails, NearbyBin } from "~/api/types";
import { useFormat } from "~/i18n/format";
import { useWords } from "~/ui/words";
import { Button } from "~/ui/Button";
import { Skeleton } from "~/ui/Loading";
import { ErrorMessage } from "~/ui/ErrorMessage";
import { useDetails } from "../queries";
import type { BinWithoutDistance } from "../useBinSearch";
import { FromThisDevice } from "./FromThisDevice";
import { KindMark } from "./KindMark";
import { Votes } from "./Votes";
import styles from "./list.module.css";

type Props = Readonly<{
  id: string;
  /** What is known of it already: with its distance when it is in the list. */
  near: BinWithoutDistance | NearbyBin | null;
  /** Since when this device knows that, ms since 1970; null for an answer of the platform. */
  asOf?: number | null;
  onBack: () => void;
}>;

/** One bin: where it is, how to get there, what people say about it. */
export function Details({ id, near, asOf = null, onBack }: Props) {
  const { t } = useTranslation("bins");
  const foreign = near !== null && isForeign(near.source);
  const details = useDetails(id, !foreign);
  const bin = details.data ?? near;
  return (
    <section className={styles.details} aria-label={t("details.label")}>
      <div>
        <Button tone="inherit" icon="back" onClick={onBack}>
          {t("details.back")}
        </Button>
      </div>
      {bin ? (
        <>
          <What key={id} bin={bin} distance={near && "distance_m" in near ? near.distance_m : null} />
          {details.data && <Votes details={details.data} />}
          {details.isPending && !foreign && <Skeleton height="9rem" />}
          <Source bin={bin} />
        </>
      ) : (
        details.isPending && <Skeleton height="16rem" />
      )}
      {details.isError && near && asOf !== null && <FromThisDevice asOf={asOf} />}
      {details.isError && !foreign && !(near && asOf !== null) && (
        <ErrorMessage error={details.error} onRetry={() => void details.refetch()} />
      )}
    </section>
  );
}

function What({
  bin,
  distance,
}: Readonly<{ bin: BinDetails | BinWithoutDistance; distance: number | null }>) {
  const { t } = useTranslation("bins");
  const words = useWords();
  const format = useFormat();
  const heading = useRef<HTMLHeadingElement>(null);
  // A screen reader goes on reading here.
  useEffect(() => {
    heading.current?.focus({ preventScroll: true });
  }, []);
  return (
    <>
      <div className={styles.title}>
        <KindMark kind={bin.kind} size="3.25rem" />
        <div>
          <h2 ref={heading} tabIndex={-1}>
            {bin.name}
          </h2>
          <p className={styles.about}>
            {distance !== null && <strong>{format.distance(distance)}</strong>}{" "}
            <span>{words.bin(bin.kind)}</span>
            {bin.full && <span className={styles.full}>{t("full")}</span>}
            {bin.doubted && <span className={styles.full}>{t("doubted")}</span>}
          </p>
        </div>
      </div>
      {bin.address && <p>{bin.address}</p>}
      <Button
        variant="contained"
        large
        icon="route"
        href={bin.route_url}
        target="_blank"
        rel="noopener noreferrer"
      >
        {t("route.button")}
        <span className="visually-hidden"> {t("route.elsewhere")}</span>
      </Button>
    </>
  );
}

function Source({ bin }: Readonly<{ bin: BinDetails | BinWithoutDistance }>) {
  const { t } = useTranslation("bins");
  if (bin.source === "") return null; // known from the map alone
  if (isSample(bin.source)) return <p className={styles.sample}>{t("sample.one")}</p>;
  return (
    <p className={styles.source}>
      {isForeign(bin.source) ? t("details.foreign") : t("details.source", { source: bin.source })}
    </p>
  );
}
