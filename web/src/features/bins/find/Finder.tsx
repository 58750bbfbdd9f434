import { useTranslation } from "react-i18next";
import type { Place } from "~/api/types";
import { Icon } from "~/icons/Icon";
import { PlaceSearch } from "./PlaceSearch";
import type { Locating } from "./useLocating";
import styles from "./find.module.css";

type Props = Readonly<{ locating: Locating; onPlace: (place: Place) => void }>;

/** From where to search: by words, or by this device. It is asked only when somebody wants that. */
export function Finder({ locating, onPlace }: Props) {
  const { t } = useTranslation("bins");
  const { failure } = locating;
  return (
    <div className={styles.finder}>
      <div className={styles.line}>
        <PlaceSearch
          onPlace={(place) => {
            locating.forgive();
            onPlace(place);
          }}
        />
        <button
          type="button"
          className={styles.locate}
          aria-label={t(locating.asking ? "locate.asking" : "locate.button")}
          aria-busy={locating.asking}
          onClick={locating.find}
        >
          <Icon name="locate" size="1.5rem" />
        </button>
      </div>
      {failure ? (
        <p className={styles.failure}>
          <Icon name="warning" size="1.25rem" />
          <span>
            {t(`locate.${failure}`)} {t("locate.instead")}
          </span>
        </p>
      ) : (
        <p className={styles.promise}>{t("locate.promise")}</p>
      )}
    </div>
  );
}
