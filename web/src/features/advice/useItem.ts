import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api, data } from "~/api/client";
import type { ItemDetails, Tag } from "~/api/types";
import { usePreferences } from "~/preferences/store";
import type { StoredItems } from "./stored/items";
import { ASKED_AGAIN, orStored } from "./stored/orStored";

/** An item of the rule table, in a state, by the rules of the region chosen; without a network as this device has it. */
export function useItem(slug: string, tags: readonly Tag[] = [], enabled = true) {
  const { i18n } = useTranslation();
  const { region } = usePreferences();
  return useQuery({
    queryKey: ["item", slug, tags, region, i18n.language],
    queryFn: ({ signal }) =>
      orStored<ItemDetails>(
        signal,
        (either) =>
          data(
            api.GET("/api/v1/recycling/items/{slug}", {
              params: { path: { slug }, query: { tags: [...tags], ...(region ? { region } : {}) } },
              signal: either,
            }),
          ),
        (stored) => storedItem(stored, slug, tags),
      ),
    placeholderData: keepPreviousData,
    enabled,
    ...ASKED_AGAIN,
  });
}

/** The item as it is stored: as it is, or in one state; what several states together change only the server knows. */
function storedItem({ items }: StoredItems, slug: string, tags: readonly Tag[]): ItemDetails | null {
  const item = items.get(slug);
  const [tag, ...others] = tags;
  if (!item || others.length > 0) return null;
  const disposal = tag ? item.states[tag] : item.disposal;
  return disposal ? { ...item, disposal } : null;
}
