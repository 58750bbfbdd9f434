import { useTranslation } from "react-i18next";
import { usePerson } from "~/api/usePerson";
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
  const guest = usePerson()?.kind !== "account"; // the name here is the one that guests get
  return (
    <Page title={t("title")} lead={t("lead")}>
      <Mui>
        <LanguageChoice />
        <AppearanceSettings />
        <RegionChoice />
        {guest && <Name />}
        <Account />
        <ConsentSettings />
        <SignOut />
      </Mui>
    </Page>
  );
}
