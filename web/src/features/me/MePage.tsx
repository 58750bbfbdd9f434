import { useTranslation } from "react-i18next";
import { usePerson } from "~/api/usePerson";
import type { IconName } from "~/icons/Icon";
import { LinkList } from "~/ui/LinkList";
import { Page } from "~/ui/Page";
import { Section } from "~/ui/Section";

const PAGES = [
  ["history", "history", "/me/history"],
  ["profile", "card", "/account/profile"],
  ["account", "person", "/account"],
  ["settings", "settings", "/me/settings"],
  ["about", "about", "/me/about"],
] as const satisfies readonly (readonly [string, IconName, string])[];

/** Leads to what concerns the person. */
export default function MePage() {
  const { t } = useTranslation("me");
  const person = usePerson();
  const lead = person?.kind === "account" ? t("accountLead", { name: person.name }) : t("lead");
  return (
    <Page title={t("title")} lead={lead}>
      <Section title={t("pages")}>
        <LinkList
          entries={PAGES.map(([name, icon, to]) => ({
            icon,
            title: t(`${name}.title`),
            text: t(`${name}.text`),
            to,
          }))}
        />
      </Section>
    </Page>
  );
}
