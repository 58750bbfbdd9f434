import { useTranslation } from "react-i18next";
import type { IconName } from "~/icons/Icon";
import { LinkList } from "~/ui/LinkList";
import { Page } from "~/ui/Page";
import { Section } from "~/ui/Section";

const PAGES = [
  ["history", "history"],
  ["settings", "settings"],
  ["about", "about"],
] as const satisfies readonly (readonly [string, IconName])[];

/** Leads to what concerns the person. */
export default function MePage() {
  const { t } = useTranslation("me");
  return (
    <Page title={t("title")} lead={t("lead")}>
      <Section title={t("pages")}>
        <LinkList
          entries={PAGES.map(([name, icon]) => ({
            icon,
            title: t(`${name}.title`),
            text: t(`${name}.text`),
            to: `/me/${name}`,
          }))}
        />
      </Section>
    </Page>
  );
}
