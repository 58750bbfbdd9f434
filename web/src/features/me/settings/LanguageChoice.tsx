import { useTranslation } from "react-i18next";
import { prefer, usePreferences } from "~/preferences/store";
import { Choices } from "~/ui/Choices";
import { Section } from "~/ui/Section";

// Each language in its own words, whatever is spoken now.
const LANGUAGES = [
  { value: "ko", label: "한국어", lang: "ko" },
  { value: "en", label: "English", lang: "en" },
] as const;

export function LanguageChoice() {
  const { t, i18n } = useTranslation("settings");
  // What was chosen, at once: its words may still be on their way.
  const chosen = usePreferences().language ?? i18n.language;
  return (
    <Section title={t("language.title")}>
      <Choices
        label={t("language.label")}
        choices={LANGUAGES}
        value={chosen === "en" ? "en" : "ko"}
        onChange={(language) => {
          prefer({ language });
        }}
      />
    </Section>
  );
}
