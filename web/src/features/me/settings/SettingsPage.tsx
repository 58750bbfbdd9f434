import { useTranslation } from "react-i18next";
import { usePerson } from "~/api/usePerson";
import { Mui } from "~/design/Mui";
import { LinkList } from "~/ui/LinkList";
import { Page } from "~/ui/Page";
import { Section } from "~/ui/Section";
import { Account } from "./Account";
import { SignOut } from "./SignOut";
import { LanguageChoice } from "./LanguageChoice";
import { AppearanceSettings } from "./AppearanceSettings";
import { Name } from "./Name";
import { RegionChoice } from "./RegionChoice";
import { ConsentSettings } from "./ConsentSettings";

/** What a person can choose. The look is the device's; the rest stands in the profile, too (`api/profile.ts`). */
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
      <Section title={t("more.title")}>
        <LinkList
          entries={[
            { icon: "card", title: t("more.profile"), text: t("more.profileText"), to: "/account/profile" },
            {
              icon: "bell",
              title: t("more.notices"),
              text: t("more.noticesText"),
              to: "/chat/notifications",
            },
            { icon: "download", title: t("more.export"), text: t("more.exportText"), to: "/account/export" },
            { icon: "leave", title: t("more.leave"), text: t("more.leaveText"), to: "/account/leave" },
          ]}
        />
      </Section>
    </Page>
  );
}
