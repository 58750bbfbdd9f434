import { useTranslation } from "react-i18next";
import type { IconName } from "~/icons/Icon";
import { LinkList } from "~/ui/LinkList";
import { Section } from "~/ui/Section";

// The server answers these itself: plain links, not routes.
const LINKS = [
  ["detect", "detect", "/detect/"],
  ["api", "book", "/docs"],
  ["licences", "about", "/licences.txt"],
] as const satisfies readonly (readonly [string, IconName, string])[];

/** Where else to look. */
export function More() {
  const { t } = useTranslation("about");
  return (
    <Section title={t("more.title")}>
      <LinkList
        entries={LINKS.map(([name, icon, to]) => ({
          icon,
          title: t(`more.${name}.title`),
          text: t(`more.${name}.text`),
          to,
          outside: true,
        }))}
      />
    </Section>
  );
}
