import { useTranslation } from "react-i18next";
import { prefer, usePreferences } from "~/preferences/store";
import { Choices } from "~/ui/Choices";

// Each language in its own words, whatever is spoken now.
const LANGUAGES = [
  { value: "ko", label: "한국어", lang: "ko" },
  { value: "en", label: "English", lang: "en" },
] as const;

/** One language for mails and pages: the device tells the profile (`api/profile.ts`). */
export function LanguageOfMails() {
  const { t, i18n } = useTranslation("account");
  const chosen = usePreferences().language ?? i18n.language;
  return (
    <Choices
      label={t("profile.language")}
      choices={LANGUAGES}
      value={chosen === "en" ? "en" : "ko"}
      onChange={(language) => {
        prefer({ language });
      }}
    />
  );
}
