import { useTranslation } from "react-i18next";
import { Mui } from "~/design/Mui";
import { Page } from "~/ui/Page";
import { Account } from "./Account";
import { SignOut } from "./SignOut";
import { LanguageChoice } from "./LanguageChoice";
import { AppearanceSettings } from "./AppearanceSettings";
import { Name } from "./Name";
import { RegionChoice } from "./RegionChoice";
import { ConsentSettings } from "./ConsentSettings";

/** What a person can choose, kept on this device. */
export default function SettingsPage() {
  const { t } = useTranslation("settings");
  return (
    <Page title={t("title")} lead={t("lead")}>
      <Mui>
        <LanguageChoice />
        <AppearanceSettings />
        <RegionChoice />
        <Name />
        <Account />
        <ConsentSettings />
        <SignOut />
      </Mui>
    </Page>
  );
}
