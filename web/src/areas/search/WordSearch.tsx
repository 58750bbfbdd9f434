import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useEffect, useId, useRef, useState, type KeyboardEvent, type SubmitEvent } from "react";
import { useTranslation } from "react-i18next";
import { api, data } from "~/api/client";
import type { Match } from "~/api/types";
import { coloursOf, materialOfCategory } from "~/design/materials";
import { Icon, materialIcon } from "~/icons/Icon";
import { announce } from "~/ui/announce";
import styles from "./WordSearch.module.css";

type Props = Readonly<{
  /** What is asked for; shown above the field, or only heard. */
  label: string;
  showLabel?: boolean;
  /** One of our items was picked. */
  onPick: (match: Match) => void;
  /** Enter without a pick: the words as they are. */
  onWords: (words: string) => void;
  /** What the field begins with. */
  words?: string;
  focused?: boolean;
}>;

const PAUSE_MS = 150;
const MOST = 6;

/** What the platform finds for some words. */
export function useSearch(words: string, limit = MOST) {
  const { i18n } = useTranslation();
  const asked = words.trim().slice(0, 200);
  return useQuery({
    queryKey: ["search", asked, limit, i18n.language],
    queryFn: ({ signal }) =>
      data(api.GET("/api/v1/recycling/search", { params: { query: { q: asked, limit } }, signal })),
    enabled: asked !== "",
    placeholderData: keepPreviousData,
    staleTime: 10 * 60_000,
  });
}

/** Search by words: suggestions while one types (WAI-ARIA combobox with a list). */
export function WordSearch({
  label,
  showLabel = false,
  onPick,
  onWords,
  words = "",
  focused = false,
}: Props) {
  const { t } = useTranslation("search");
  const id = useId();
  const field = useRef<HTMLInputElement>(null);
  const list = useRef<HTMLDivElement>(null);
  const [typed, setTyped] = useState(words);
  const [open, setOpen] = useState(false);
  const [active, setActive] = useState(-1);
  const settled = useSettled(typed, PAUSE_MS);
  const found = useSearch(settled);
  const matches = typed.trim() && found.data ? found.data : [];
  const shown = open && matches.length > 0;

  useEffect(() => {
    if (focused) field.current?.focus();
  }, [focused]);

  useEffect(() => {
    if (!shown) return;
    announce(t("count", { count: matches.length }));
    list.current?.scrollIntoView({ block: "nearest" }); // not behind the navigation or a keyboard
  }, [shown, matches.length, t]);

  const close = () => {
    setOpen(false);
    setActive(-1);
  };
  const pick = (match: Match) => {
    setTyped(match.name);
    close();
    onPick(match);
  };
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const chosen = shown ? matches[active] : undefined;
    if (chosen) pick(chosen);
    else if (typed.trim()) {
      close();
      onWords(typed.trim());
    }
  };
  const move = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === "Escape" && shown) {
      event.preventDefault();
      close();
    } else if (step !== undefined && matches.length > 0) {
      event.preventDefault();
      setOpen(true);
      // One place more than there are suggestions: the field itself.
      const places = matches.length + 1;
      setActive(((active + 1 + step + places) % places) - 1);
    }
  };

  return (
    // Leaving the field and its list closes the list; nothing else is done by it.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <form
      role="search"
      className={styles.search}
      onSubmit={submit}
      onBlur={(event) => {
        if (!event.currentTarget.contains(event.relatedTarget)) close();
      }}
    >
      <label htmlFor={`${id}field`} className={showLabel ? styles.label : "only-heard"}>
        {label}
      </label>
      <div className={styles.field}>
        <Icon name="search" size="1.375rem" />
        <input
          ref={field}
          id={`${id}field`}
          type="text"
          role="combobox"
          inputMode="search"
          enterKeyHint="search"
          autoComplete="off"
          maxLength={200}
          placeholder={t("placeholder")}
          aria-expanded={shown}
          aria-controls={`${id}list`}
          aria-autocomplete="list"
          aria-activedescendant={shown && active >= 0 ? `${id}${active}` : undefined}
          value={typed}
          onChange={(event) => {
            setTyped(event.target.value);
            setOpen(true);
            setActive(-1);
          }}
          onKeyDown={move}
        />
        {typed && (
          <button
            type="button"
            className={styles.clear}
            aria-label={t("clear")}
            onClick={() => {
              setTyped("");
              close();
              field.current?.focus();
            }}
          >
            <Icon name="close" size="1.125rem" />
          </button>
        )}
      </div>
      <div
        ref={list}
        id={`${id}list`}
        role="listbox"
        aria-label={t("suggestions")}
        className={styles.list}
        hidden={!shown}
      >
        {matches.map((match, index) => (
          // The field has the focus and hears the keys; pressing must not take it away.
          // eslint-disable-next-line jsx-a11y/click-events-have-key-events
          <div
            key={match.item}
            id={`${id}${index}`}
            role="option"
            aria-selected={index === active}
            tabIndex={-1}
            className={styles.option}
            onPointerDown={(event) => {
              event.preventDefault();
            }}
            onClick={() => {
              pick(match);
            }}
          >
            <Suggestion match={match} />
          </div>
        ))}
      </div>
    </form>
  );
}

/** An item in a list: its mark, name, and where it goes. */
export function Suggestion({ match }: Readonly<{ match: Match }>) {
  const material = materialOfCategory(match.category);
  const { mark, on } = coloursOf(material);
  return (
    <>
      <span className={styles.mark} style={{ background: mark, color: on }}>
        <Icon name={materialIcon(material)} size="1.25rem" />
      </span>
      <span className={styles.name}>{match.name}</span>
      <span className={styles.where}>{match.category_name}</span>
    </>
  );
}

/** `value` as it was when it last stood still for a moment. */
function useSettled(value: string, milliseconds: number): string {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => {
      setSettled(value);
    }, milliseconds);
    return () => {
      clearTimeout(timer);
    };
  }, [value, milliseconds]);
  return settled;
}
