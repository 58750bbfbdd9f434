import { useTranslation } from "react-i18next";
import type { Place } from "~/api/types";
import { Icon } from "~/icons/Icon";
import { PlaceSearch } from "./PlaceSearch";
import type { Locating } from "./useLocating";
import styles from "./find.module.css";

type Props = Readonly<{ locating: Locating; onPlace: (place: Place) => void }>;

/** Chooses a place by words or by the location of this device, which is asked for only when the button is pressed. */
export function Finder({ locating, onPlace }: Props) {
  const { t } = useTranslation("bins");
  const { failure } = locating;
  return (
    <div className={styles.finder}>
      <div className={styles.line}>
        <PlaceSearch
          onPlace={(place) => {
            locating.clearFailure();
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
        <p className={styles.privacy}>{t("locate.promise")}</p>
      )}
    </div>
  );
}
