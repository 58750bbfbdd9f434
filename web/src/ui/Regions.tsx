import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api, data } from "~/api/client";
import type { Region } from "~/api/types";
import { prefer, usePreferences } from "~/preferences/store";

/** The regions with rules of their own, in the reader's language. */
export function useRegions() {
  const { i18n } = useTranslation();
  return useQuery({
    queryKey: ["regions", i18n.language],
    queryFn: () => data(api.GET("/api/v1/recycling/regions")),
    staleTime: Infinity,
  });
}

type Props = Readonly<{
  regions: readonly Region[];
  /** What it says when none is chosen: the national rules apply. */
  none: string;
  nameOf?: (region: Region) => string;
}>;

/** Whose rules apply, kept on this device. Stands within its label. */
export function RegionSelect({ regions, none, nameOf = ({ name }) => name }: Props) {
  const { region } = usePreferences();
  return (
    <select
      value={region ?? ""}
      onChange={({ target }) => {
        prefer({ region: target.value || null });
      }}
    >
      <option value="">{none}</option>
      {regions.map((one) => (
        <option key={one.slug} value={one.slug}>
          {nameOf(one)}
        </option>
      ))}
    </select>
  );
}
