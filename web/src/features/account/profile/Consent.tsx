import FormControlLabel from "@mui/material/FormControlLabel";
import Switch from "@mui/material/Switch";
import { useMutation } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { takeBackConsent } from "~/api/consent";
import { prefer, usePreferences } from "~/preferences/store";
import { ErrorMessage } from "~/ui/ErrorMessage";
import { toast } from "~/ui/toast";

/** Whether models may learn from the person's corrections. It is what the first question and the settings change, too. */
export function Consent() {
  const { t } = useTranslation("account");
  const teaches = usePreferences().teach === true;
  const takeBack = useMutation({
    mutationFn: takeBackConsent,
    onSuccess: () => toast({ text: t("consent.takenBack") }),
  });
  return (
    <div>
      <FormControlLabel
        label={t("consent.label")}
        control={
          <Switch
            checked={teaches && !takeBack.isPending}
            onChange={(_, agreed) => {
              if (agreed) prefer({ teach: true });
              else takeBack.mutate();
            }}
          />
        }
      />
      {takeBack.isError && <ErrorMessage error={takeBack.error} />}
    </div>
  );
}
