import { useTranslation } from "react-i18next";
import { Section } from "~/ui/Section";
import { ProviderButtons, useProviders } from "../signIn/providers";

/** Adds an account elsewhere as one more way to sign in. Nothing is shown where no provider is set up. */
export function Elsewhere() {
  const { t } = useTranslation("account");
  const providers = useProviders();
  if (providers.length === 0) return null;
  return (
    <Section title={t("elsewhere.title")} note={t("elsewhere.note")}>
      <ProviderButtons
        names={providers}
        next="/account/security"
        label={(provider) => t("elsewhere.add", { provider })}
      />
    </Section>
  );
}
