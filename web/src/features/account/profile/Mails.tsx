import FormControlLabel from "@mui/material/FormControlLabel";
import Switch from "@mui/material/Switch";
import { useTranslation } from "react-i18next";
import { mailKindValues } from "~/api/generated/schema";
import type { Profile } from "~/api/types";
import { Button } from "~/ui/Button";
import { ErrorMessage } from "~/ui/ErrorMessage";
import { useChange } from "./useProfile";
import styles from "./profile.module.css";

/** What somebody with an address wants to be written to about, beside what happens to their account. */
export function Mails({ profile }: Readonly<{ profile: Profile }>) {
  const { t } = useTranslation("account");
  const change = useChange();
  if (profile.kind !== "account")
    return (
      <div className={styles.stack}>
        <h3>{t("mails.title")}</h3>
        <p className={styles.small}>{t("mails.guest")}</p>
        <div>
          <Button variant="outlined" to="/account/register">
            {t("register.title")}
          </Button>
        </div>
      </div>
    );
  const chosen = (change.isPending ? change.variables.mails : profile.mails) ?? [];
  return (
    <fieldset className={styles.mails}>
      <legend>{t("mails.title")}</legend>
      {mailKindValues.map((kind) => (
        <FormControlLabel
          key={kind}
          label={t(`mails.${kind}`)}
          control={
            <Switch
              checked={chosen.includes(kind)}
              onChange={(_, wanted) => {
                const others = chosen.filter((one) => one !== kind);
                change.mutate({ mails: wanted ? [...others, kind] : others });
              }}
            />
          }
        />
      ))}
      {change.isError && <ErrorMessage error={change.error} />}
    </fieldset>
  );
}
