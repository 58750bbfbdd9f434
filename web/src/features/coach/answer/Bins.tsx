import { useMutation } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { api, data } from "~/api/client";
import { describe } from "~/api/describe";
import { binKindValues } from "~/api/generated/schema";
import { isForeign, mustBeNamed } from "~/api/sources";
import type { BinKind, NearbyBin } from "~/api/types";
import { useFormat } from "~/i18n/format";
import { useWords } from "~/ui/words";
import { binIcon, Icon } from "~/icons/Icon";
import { announce } from "~/ui/announce";
import { Button } from "~/ui/Button";
import { locate, LocateError, rounded } from "~/ui/locate";
import styles from "./answer.module.css";

const MOST = 3;

/** The nearest bins that take the item. The location is asked for only when the button is pressed. */
export function Bins({ kinds }: Readonly<{ kinds: readonly string[] }>) {
  const { t } = useTranslation("coach");
  const { distance } = useFormat();
  const known = binKindValues.filter((kind) => kinds.includes(kind));
  const heading = useRef<HTMLHeadingElement>(null);
  const near = useMutation({
    mutationFn: () => nearest(known),
    onSuccess: (bins) => {
      const [first] = bins;
      const found = first && { count: bins.length, name: first.name, distance: distance(first.distance_m) };
      announce(found ? t("bins.found", found) : t("bins.none"));
    },
  });
  useEffect(() => {
    // The pressed button is removed.
    if (near.isSuccess) heading.current?.focus({ preventScroll: true });
  }, [near.isSuccess]);

  if (known.length === 0) return null;
  const map = `/bins?${new URLSearchParams(known.map((kind) => ["kind", kind])).toString()}`;
  return (
    <section className={styles.block}>
      <h3 ref={heading} tabIndex={-1}>
        {t("bins.title")}
      </h3>
      {!near.data && (
        <>
          <div className={styles.buttons}>
            <Button
              variant="outlined"
              icon="locate"
              busy={near.isPending}
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
            <Word error={near.error} />
          </p>
        </>
      )}
      {near.data && <List bins={near.data} map={map} />}
    </section>
  );
}

/** What the place is used for, or why there is no list. */
function Word({ error }: Readonly<{ error: unknown }>) {
  const { t } = useTranslation("coach");
  if (!error) return t("bins.why");
  if (!(error instanceof LocateError)) return describe(error).sentence;
  return `${t(`bins.${error.why}`)} ${t("bins.instead")}`;
}

function List({ bins, map }: Readonly<{ bins: readonly NearbyBin[]; map: string }>) {
  const { t } = useTranslation("coach");
  return (
    <>
      {bins.length === 0 && <p>{t("bins.none")}</p>}
      <ul className={styles.bins}>
        {bins.map((bin) => (
          <li key={bin.id} className={styles.bin}>
            <Icon name={binIcon(bin.kind)} size="1.5rem" />
            {isForeign(bin.source) ? (
              <div className={styles.place}>
                <About bin={bin} />
              </div>
            ) : (
              <Link to={`/bins?bin=${bin.id}`} className={styles.place}>
                <About bin={bin} />
              </Link>
            )}
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

function About({ bin }: Readonly<{ bin: NearbyBin }>) {
  const { t } = useTranslation("coach");
  const { distance } = useFormat();
  const words = useWords();
  return (
    <>
      <span>{bin.name}</span>
      <small>
        {[
          words.bin(bin.kind),
          distance(bin.distance_m),
          bin.full && t("bins.full"),
          bin.doubted && t("bins.doubted"),
          mustBeNamed(bin.source) && bin.source,
        ]
          .filter(Boolean)
          .join(" · ")}
      </small>
    </>
  );
}

async function nearest(kind: BinKind[]): Promise<NearbyBin[]> {
  const { lat, lng } = rounded(await locate());
  return data(api.GET("/api/v1/locations/nearby", { params: { query: { lat, lng, kind, limit: MOST } } }));
}
