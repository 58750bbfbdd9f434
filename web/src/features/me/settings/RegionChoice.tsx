import { useTranslation } from "react-i18next";
import { Skeleton } from "~/ui/Loading";
import { RegionSelect, useRegions } from "~/ui/Regions";
import { SelectField } from "~/ui/SelectField";
import { Section } from "~/ui/Section";
import { ErrorMessage } from "~/ui/ErrorMessage";

/** The city or district whose rules apply. */
export function RegionChoice() {
  const { t } = useTranslation("settings");
  const regions = useRegions();
  return (
    <Section title={t("region.title")} note={t("region.note")}>
      {regions.isPending && <Skeleton height="3.25rem" />}
      {regions.isError && <ErrorMessage error={regions.error} onRetry={() => void regions.refetch()} />}
      {regions.isSuccess && (
        <SelectField label={t("region.label")}>
          <RegionSelect
            regions={regions.data}
            none={t("region.none")}
            nameOf={({ name, rules }) => `${name} · ${t("region.rules", { count: rules })}`}
          />
        </SelectField>
      )}
    </Section>
  );
}
