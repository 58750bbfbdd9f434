import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api, data } from "~/api/client";
import type { Tag } from "~/api/types";
import { usePreferences } from "~/preferences/store";

/** An item of the rule table, in a state, by the rules of the region chosen. */
export function useItem(slug: string, tags: readonly Tag[] = [], enabled = true) {
  const { i18n } = useTranslation();
  const { region } = usePreferences();
  return useQuery({
    queryKey: ["item", slug, tags, region, i18n.language],
    queryFn: () =>
      data(
        api.GET("/api/v1/recycling/items/{slug}", {
          params: { path: { slug }, query: { tags: [...tags], ...(region ? { region } : {}) } },
        }),
      ),
    placeholderData: keepPreviousData,
    enabled,
  });
}
