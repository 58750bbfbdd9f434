import { useMutation } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { takeBackConsent } from "~/api/consent";
import { usePreferences } from "~/preferences/store";
import { Button } from "~/ui/Button";
import { Section } from "~/ui/Section";
import { toast } from "~/ui/toast";
import { ErrorMessage } from "~/ui/ErrorMessage";

/** Takes back the consent to train models with photos. Shown to those who were asked for it. */
export function ConsentSettings() {
  const { t } = useTranslation("settings");
  const { teach } = usePreferences();
  const takeBack = useMutation({
    mutationFn: takeBackConsent,
    onSuccess: () => {
      toast({ text: t("consent.done") });
    },
  });
  if (teach === null) return null;
  return (
    <Section title={t("consent.title")} note={t(teach ? "consent.given" : "consent.notGiven")}>
      {takeBack.isError && <ErrorMessage error={takeBack.error} />}
      <div>
        <Button
          variant="outlined"
          busy={takeBack.isPending}
          onClick={() => {
            takeBack.mutate();
          }}
        >
          {t("consent.takeBack")}
        </Button>
      </div>
    </Section>
  );
}
