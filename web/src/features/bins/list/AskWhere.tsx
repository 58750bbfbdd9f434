import { useTranslation } from "react-i18next";
import type { BinMap } from "~/api/types";
import { useFormat } from "~/i18n/format";
import { Button } from "~/ui/Button";
import type { Locating } from "../find/useLocating";
import { busiest } from "../map/cities";
import type { View } from "../map/mercator";
import styles from "./list.module.css";

type Props = Readonly<{ allBins: BinMap; locating: Locating; onGo: (view: View) => void }>;

const MOST = 6;
const CITY_ZOOM = 11;

/** In place of the list while the map shows too much for "near": offers the cities with most bins, and the location. */
export function AskWhere({ allBins, locating, onGo }: Props) {
  const { t } = useTranslation("bins");
  const { number } = useFormat();
  const cities = busiest([...allBins.bins, ...allBins.clusters]).slice(0, MOST);
  return (
    <section className={styles.chooseCity} aria-labelledby="where">
      <h2 id="where">{t("where.title")}</h2>
      <p>{t("where.sentence")}</p>
      <div>
        <Button variant="contained" icon="locate" aria-busy={locating.asking} onClick={locating.find}>
          {t(locating.asking ? "locate.asking" : "locate.button")}
        </Button>
      </div>
      <ul>
        {cities.map(({ city, count }) => (
          <li key={city.name}>
            <button
              type="button"
              onClick={() => {
                onGo({ lat: city.lat, lng: city.lng, zoom: CITY_ZOOM });
              }}
            >
              <span>{t(`cities.${city.name}`)}</span>
              <span className={styles.count}>{t("where.bins", { count, number: number(count) })}</span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
