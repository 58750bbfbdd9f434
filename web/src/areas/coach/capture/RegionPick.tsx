import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api, data } from "~/api/client";
import { Icon } from "~/icons/Icon";
import { prefer, usePreferences } from "~/preferences/store";
import styles from "./RegionPick.module.css";

/** Whose rules apply. The settings keep the same choice. */
export function RegionPick() {
  const { t, i18n } = useTranslation("coach");
  const { region } = usePreferences();
  const { data: regions } = useQuery({
    queryKey: ["regions", i18n.language],
    queryFn: () => data(api.GET("/api/v1/recycling/regions")),
    staleTime: Infinity,
  });
  if (!regions) return null; // not worth a word: the national rules apply
  return (
    <label className={styles.region}>
      <span>{t("region.label")}</span>
      <span className={styles.field}>
        <Icon name="pin" size="1.25rem" />
        <select
          value={region ?? ""}
          onChange={({ target }) => {
            prefer({ region: target.value || null });
          }}
        >
          <option value="">{t("region.none")}</option>
          {regions.map(({ slug, name }) => (
            <option key={slug} value={slug}>
              {name}
            </option>
          ))}
        </select>
        <Icon name="down" size="1.125rem" />
      </span>
    </label>
  );
}
