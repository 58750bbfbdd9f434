import { useEffect, useId, useRef, useState, type KeyboardEvent } from "react";
import { useTranslation } from "react-i18next";
import type { Place } from "~/api/types";
import { Icon } from "~/icons/Icon";
import { announce } from "~/ui/announce";
import { usePlaces } from "../queries";
import { useLater } from "./useLater";
import styles from "./find.module.css";

type Props = Readonly<{ onPlace: (place: Place) => void }>;

const TYPING_MS = 250;

/** A field for an address or a place, with suggestions below it (ARIA APG, combobox with a list). */
export function PlaceSearch({ onPlace }: Props) {
  const { t } = useTranslation("bins");
  const id = useId();
  const field = useRef<HTMLInputElement>(null);
  const [words, setWords] = useState("");
  const [open, setOpen] = useState(false);
  const [active, setActive] = useState(-1);
  const asked = useLater(words.trim(), TYPING_MS);
  const places = usePlaces(asked);
  const found = asked && words.trim() ? (places.data ?? []) : [];
  const settled = asked !== "" && asked === words.trim() && !places.isPlaceholderData && !places.isFetching;
  const shown = open && words.trim() !== "" && (found.length > 0 || settled);

  useEffect(() => {
    if (!open || !settled || places.isError) return;
    announce(t("search.found", { count: found.length }));
  }, [open, settled, places.isError, found.length, t]);

  const choose = (place: Place) => {
    setWords(place.name);
    setOpen(false);
    setActive(-1);
    field.current?.blur(); // the keyboard of a phone goes
    onPlace(place);
  };

  const key = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return; // an arrow within Hangul that is being written
    if (event.key === "Escape") setOpen(false);
    else if (event.key === "Enter") {
      const place = found[Math.max(active, 0)];
      if (shown && place) choose(place);
      else setOpen(true);
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      setOpen(true);
      const step = event.key === "ArrowDown" ? 1 : -1;
      if (found.length)
        setActive((active + step + found.length + (active < 0 && step < 0 ? 1 : 0)) % found.length);
    } else return;
    event.preventDefault();
  };

  return (
    <div className={styles.search}>
      <Icon name="search" size="1.375rem" />
      <input
        ref={field}
        type="text"
        role="combobox"
        aria-label={t("search.label")}
        aria-expanded={shown}
        aria-controls={`${id}-list`}
        aria-autocomplete="list"
        aria-activedescendant={shown && active >= 0 ? `${id}-${active}` : undefined}
        placeholder={t("search.placeholder")}
        autoComplete="off"
        enterKeyHint="search"
        maxLength={100}
        value={words}
        onChange={(event) => {
          setWords(event.target.value);
          setActive(-1);
          setOpen(true);
        }}
        onKeyDown={key}
        onBlur={() => {
          setOpen(false);
        }}
      />
      {words && (
        <button
          type="button"
          className={styles.clear}
          aria-label={t("search.clear")}
          onClick={() => {
            setWords("");
            field.current?.focus();
          }}
        >
          <Icon name="close" size="1.125rem" />
        </button>
      )}
      <div
        id={`${id}-list`}
        role="listbox"
        aria-label={t("search.list")}
        className={styles.list}
        hidden={!shown}
      >
        {found.map((place, index) => (
          // The field keeps the focus and has the keys.
          // eslint-disable-next-line jsx-a11y/click-events-have-key-events
          <div
            key={`${place.name} ${place.lat}`}
            id={`${id}-${index}`}
            role="option"
            tabIndex={-1}
            aria-selected={index === active}
            onPointerDown={(event) => {
              event.preventDefault(); // the field would lose the focus and the list would go
            }}
            onClick={() => {
              choose(place);
            }}
          >
            <Icon name="pin" size="1.25rem" />
            <span>
              <strong>{place.name}</strong>
              {place.address && <small>{place.address}</small>}
            </span>
          </div>
        ))}
        {shown && !found.length && (
          <div role="option" aria-selected={false} aria-disabled className={styles.none}>
            {t(places.isError ? "search.failed" : "search.none")}
          </div>
        )}
      </div>
    </div>
  );
}
