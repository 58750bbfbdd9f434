import { useTranslation } from "react-i18next";
import type { Profile } from "~/api/types";
import { OneField } from "./OneField";

/** As the platform takes it (`MeIn`). */
const LONGEST = 40;

export function Name({ profile }: Readonly<{ profile: Profile }>) {
  const { t } = useTranslation("account");
  return (
    <OneField
      label={t("field.name")}
      value={profile.username}
      longest={LONGEST}
      required
      autoComplete="nickname"
      changeTo={(username) => ({ username })}
      texts={{ save: t("profile.saveName"), saved: t("profile.nameSaved") }}
    />
  );
}
