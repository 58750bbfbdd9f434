import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api, data } from "~/api/client";
import { Icon } from "~/icons/Icon";
import { prefer, usePreferences } from "~/preferences/store";
import { Bone } from "~/ui/Loading";
import { Section } from "~/ui/Section";
import { Trouble } from "~/ui/Trouble";
import styles from "./settings.module.css";

/** The city or district whose rules apply. */
export function RegionChoice() {
  const { t, i18n } = useTranslation("settings");
  const regions = useQuery({
    queryKey: ["regions", i18n.language],
    queryFn: () => data(api.GET("/api/v1/recycling/regions")),
    staleTime: Infinity,
  });
  const { region } = usePreferences();
  return (
    <Section title={t("region.title")} note={t("region.note")}>
      {regions.isPending && <Bone height="3.25rem" />}
      {regions.isError && <Trouble error={regions.error} onRetry={() => void regions.refetch()} />}
      {regions.isSuccess && (
        <label className={styles.select}>
          {t("region.label")}
          <span className={styles.field}>
            <select
              value={region ?? ""}
              onChange={(event) => {
                prefer({ region: event.target.value || null });
              }}
            >
              <option value="">{t("region.none")}</option>
              {regions.data.map((one) => (
                <option key={one.slug} value={one.slug}>
                  {one.name} · {t("region.rules", { count: one.rules })}
                </option>
              ))}
            </select>
            <Icon name="down" size="1.25rem" />
          </span>
        </label>
      )}
    </Section>
  );
}
