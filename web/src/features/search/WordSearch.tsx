import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, data } from "~/api/client";
import type { Match } from "~/api/types";
import { materialOfCategory } from "~/design/materials";
import { find } from "~/features/advice/stored/find";
import { ASKED_AGAIN, orStored } from "~/features/advice/stored/orStored";
import { usePreferences } from "~/preferences/store";
import { Combobox } from "~/ui/Combobox";
import { MaterialMark } from "~/ui/MaterialMark";
import { useDebounced } from "~/ui/useDebounced";
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
const LONGEST = 200;
const NONE: readonly Match[] = [];

/** What the platform finds for some words, or this device without a network. */
export function useSearch(words: string, limit = MOST) {
  const { i18n } = useTranslation();
  const { region } = usePreferences(); // what is stored on this device says where things go there
  const asked = words.trim().slice(0, LONGEST);
  return useQuery({
    queryKey: ["search", asked, limit, i18n.language, region],
    queryFn: ({ signal }) =>
      orStored<readonly Match[]>(
        signal,
        (either) =>
          data(
            api.GET("/api/v1/recycling/search", { params: { query: { q: asked, limit } }, signal: either }),
          ),
        ({ index }) => find(index, asked, limit),
      ),
    enabled: asked !== "",
    placeholderData: keepPreviousData,
    ...ASKED_AGAIN,
  });
}

/** Where the search for `words` is. */
export function searchFor(words: string): string {
  return `/search?${new URLSearchParams({ q: words }).toString()}`;
}

/** Search by words: suggestions while one types. */
export function WordSearch({ onPick, words = "", ...rest }: Props) {
  const { t } = useTranslation("search");
  const [typed, setTyped] = useState(words);
  const asked = useDebounced(typed, PAUSE_MS);
  const found = useSearch(asked);
  const matches = found.data?.value ?? NONE;
  return (
    <Combobox
      placeholder={t("placeholder")}
      longest={LONGEST}
      words={typed}
      onType={setTyped}
      options={matches}
      settled={asked === typed && found.isSuccess && !found.isPlaceholderData}
      keyOf={({ item }) => item}
      onPick={(match) => {
        setTyped(match.name);
        onPick(match);
      }}
      texts={{
        clear: t("clear"),
        list: t("suggestions"),
        count: t("count", { count: matches.length }),
      }}
      {...rest}
    >
      {(match) => <Suggestion match={match} />}
    </Combobox>
  );
}

/** An item in a list: its mark, name, and where it goes. */
export function Suggestion({ match }: Readonly<{ match: Match }>) {
  return (
    <>
      <MaterialMark material={materialOfCategory(match.category)} size="2.25rem" />
      <span className={styles.name}>{match.name}</span>
      <span className={styles.where}>{match.category_name}</span>
    </>
  );
}
