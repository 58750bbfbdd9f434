import { useMutation } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { api, data } from "~/api/client";
import { describe } from "~/api/describe";
import { Problem } from "~/api/problem";
import { binKindValues } from "~/api/generated/schema";
import type { BinKind, NearbyBin } from "~/api/types";
import { useFormat } from "~/i18n/format";
import { useWords } from "~/i18n/words";
import { binIcon, Icon } from "~/icons/Icon";
import { Button } from "~/ui/Button";
import { announce } from "~/ui/announce";
import styles from "./answer.module.css";

const MOST = 3;
const PATIENCE_MS = 10_000;

/** The nearest bins that take it. Where one is, is asked only when the button is pressed. */
export function Bins({ kinds }: Readonly<{ kinds: readonly string[] }>) {
  const { t } = useTranslation("coach");
  const known = binKindValues.filter((kind) => kinds.includes(kind));
  const near = useMutation({
    mutationFn: () => nearest(known),
    onSuccess: (bins) => {
      announce(bins[0] ? bins[0].name : t("bins.none"));
    },
  });
  if (known.length === 0) return null;
  const map = `/bins?${new URLSearchParams(known.map((kind) => ["kind", kind])).toString()}`;
  return (
    <section className={styles.block}>
      <h3>{t("bins.title")}</h3>
      {!near.data && (
        <>
          <div className={styles.buttons}>
            <Button
              variant="outlined"
              icon="locate"
              disabled={near.isPending}
              onClick={() => {
                near.mutate();
              }}
            >
              {t(near.isPending ? "bins.finding" : "bins.show")}
            </Button>
            <Button variant="text" to={map}>
              {t("bins.map")}
            </Button>
          </div>
          <p className={styles.small} role="status">
            {near.isError
              ? near.error instanceof Problem
                ? describe(near.error).sentence
                : t("bins.denied")
              : t("bins.why")}
          </p>
        </>
      )}
      {near.data && <List bins={near.data} map={map} />}
    </section>
  );
}

function List({ bins, map }: Readonly<{ bins: readonly NearbyBin[]; map: string }>) {
  const { t } = useTranslation("coach");
  const { distance } = useFormat();
  const words = useWords();
  return (
    <>
      {bins.length === 0 && <p>{t("bins.none")}</p>}
      <ul className={styles.bins}>
        {bins.map((bin) => (
          <li key={bin.id} className={styles.bin}>
            <Icon name={binIcon(bin.kind)} size="1.5rem" />
            <Link to={`/bins?bin=${bin.id}`} className={styles.place}>
              <span>{bin.name}</span>
              <small>
                {[words.bin(bin.kind), distance(bin.distance_m), bin.full && t("bins.full")]
                  .filter(Boolean)
                  .join(" · ")}
              </small>
            </Link>
            <a
              href={bin.route_url}
              target="_blank"
              rel="noreferrer"
              className={styles.route}
              aria-label={t("bins.routeTo", { name: bin.name })}
            >
              <Icon name="route" size="1.25rem" />
              {t("bins.route")}
            </a>
          </li>
        ))}
      </ul>
      <p>
        <Link to={map} className={styles.more}>
          {t("bins.more")}
        </Link>
      </p>
    </>
  );
}

async function nearest(kind: BinKind[]): Promise<NearbyBin[]> {
  const { coords } = await new Promise<GeolocationPosition>((resolve, reject) => {
    // Insecure contexts have none.
    const locating = navigator.geolocation as Geolocation | undefined;
    if (!locating) reject(new Error("no geolocation"));
    else locating.getCurrentPosition(resolve, reject, { timeout: PATIENCE_MS, maximumAge: 60_000 });
  });
  return data(
    api.GET("/api/v1/locations/nearby", {
      params: { query: { lat: coords.latitude, lng: coords.longitude, kind, limit: MOST } },
    }),
  );
}
