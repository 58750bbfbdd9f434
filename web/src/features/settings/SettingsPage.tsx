import { useTranslation } from "react-i18next";
import { Mui } from "~/design/Mui";
import { Page } from "~/ui/Page";
import { Leave } from "./Leave";
import { LanguageChoice } from "./LanguageChoice";
import { Look } from "./Look";
import { Name } from "./Name";
import { RegionChoice } from "./RegionChoice";
import { Taught } from "./Taught";

/** What a person can choose, kept on this device. */
export default function SettingsPage() {
  const { t } = useTranslation("settings");
  return (
    <Page title={t("title")} lead={t("lead")}>
      <Mui>
        <LanguageChoice />
        <Look />
        <RegionChoice />
        <Name />
        <Taught />
        <Leave />
      </Mui>
    </Page>
  );
}
