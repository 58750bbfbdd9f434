import { useTranslation } from "react-i18next";
import { ErrorMessage } from "~/ui/ErrorMessage";
import { Skeleton } from "~/ui/Loading";
import { RegionSelect, useRegions } from "~/ui/Regions";
import { SelectField } from "~/ui/SelectField";

/** Chosen for this device, which tells the profile (`api/profile.ts`). */
export function Region() {
  const { t } = useTranslation("account");
  const regions = useRegions();
  return (
    <>
      {regions.isPending && <Skeleton height="3.25rem" />}
      {regions.isError && <ErrorMessage error={regions.error} onRetry={() => void regions.refetch()} />}
      {regions.isSuccess && (
        <SelectField label={t("profile.region")}>
          <RegionSelect regions={regions.data} none={t("profile.noRegion")} />
        </SelectField>
      )}
    </>
  );
}
