import { useTranslation } from "react-i18next";
import { Page } from "~/ui/Page";
import { Section } from "~/ui/Section";
import { Reports } from "./Reports";

/** What was reported in any open room, for accounts that look after all of them. */
export default function ReportsPage() {
  const { t } = useTranslation("moderation");
  return (
    <Page title={t("everywhere.title")} lead={t("everywhere.lead")}>
      <Section title={t("part.reports")}>
        <Reports room={null} />
      </Section>
    </Page>
  );
}
