import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Place } from "~/api/types";
import { Icon } from "~/icons/Icon";
import { Combobox } from "~/ui/Combobox";
import { useDebounced } from "~/ui/useDebounced";
import { usePlaces } from "../queries";
import styles from "./find.module.css";

type Props = Readonly<{ onPlace: (place: Place) => void }>;

const PAUSE_MS = 250;
const NONE: readonly Place[] = [];

/** A field for an address or a place, with suggestions below it. */
export function PlaceSearch({ onPlace }: Props) {
  const { t } = useTranslation("bins");
  const [words, setWords] = useState("");
  const asked = useDebounced(words.trim(), PAUSE_MS);
  const places = usePlaces(asked);
  const found = places.data ?? NONE;
  return (
    <Combobox
      label={t("search.label")}
      placeholder={t("search.placeholder")}
      longest={100}
      words={words}
      onType={setWords}
      options={found}
      settled={asked === words.trim() && !places.isPending && !places.isPlaceholderData}
      keyOf={({ name, lat }) => `${name} ${lat}`}
      onPick={(place) => {
        setWords(place.name);
        onPlace(place);
      }}
      leave
      texts={{
        clear: t("search.clear"),
        list: t("search.list"),
        count: t("search.found", { count: found.length }),
        none: t(places.isError ? "search.failed" : "search.none"),
      }}
    >
      {({ name, address }) => (
        <>
          <span className={styles.pin}>
            <Icon name="pin" size="1.25rem" />
          </span>
          <span className={styles.place}>
            <strong>{name}</strong>
            {address && <small>{address}</small>}
          </span>
        </>
      )}
    </Combobox>
  );
}
