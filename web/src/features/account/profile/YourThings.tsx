import { useTranslation } from "react-i18next";
import { LinkList } from "~/ui/LinkList";
import { Section } from "~/ui/Section";

/** Leads to what a guest or an account says of themselves, takes along, and leaves. */
export function YourThings() {
  const { t } = useTranslation("account");
  return (
    <Section title={t("things.title")}>
      <LinkList
        entries={[
          { icon: "card", title: t("profile.title"), text: t("things.profile"), to: "/account/profile" },
          { icon: "download", title: t("export.title"), text: t("things.export"), to: "/account/export" },
          { icon: "leave", title: t("leave.title"), text: t("things.leave"), to: "/account/leave" },
        ]}
      />
    </Section>
  );
}
