import { useTranslation } from "react-i18next";
import type { Profile } from "~/api/types";
import { OneField } from "./OneField";

/** As the platform takes it (`MeIn`). */
const LONGEST = 60;

/** The building, whose neighbours share its bins; empty takes it back. */
export function Building({ profile }: Readonly<{ profile: Profile }>) {
  const { t } = useTranslation("account");
  return (
    <OneField
      label={t("profile.building")}
      note={t("profile.buildingNote")}
      value={profile.building ?? ""}
      longest={LONGEST}
      autoComplete="off"
      changeTo={(building) => ({ building: building || null })}
      texts={{ save: t("profile.saveBuilding"), saved: t("profile.buildingSaved") }}
    />
  );
}
