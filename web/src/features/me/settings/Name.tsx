import TextField from "@mui/material/TextField";
import { useState, type SubmitEvent } from "react";
import { useTranslation } from "react-i18next";
import { prefer, usePreferences } from "~/preferences/store";
import { Button } from "~/ui/Button";
import { Section } from "~/ui/Section";
import { toast } from "~/ui/toast";
import styles from "./settings.module.css";

/** As the platform takes it (`GuestIn`, `MeIn`). */
const LONGEST = 40;

/** The name neighbours see. */
export function Name() {
  const { t } = useTranslation("settings");
  const kept = usePreferences().name ?? "";
  const [draft, setDraft] = useState<string | null>(null);
  const name = draft ?? kept;
  const tooLong = name.trim().length > LONGEST;

  const save = (event: SubmitEvent) => {
    event.preventDefault();
    if (tooLong) return;
    prefer({ name: name.trim() || null });
    setDraft(null);
    toast({ text: t("name.saved") });
  };

  return (
    <Section title={t("name.title")} note={t("name.note")}>
      <form className={styles.row} onSubmit={save} noValidate>
        <TextField
          label={t("name.label")}
          value={name}
          onChange={(event) => {
            setDraft(event.target.value);
          }}
          error={tooLong}
          helperText={tooLong ? t("name.tooLong") : undefined}
          autoComplete="nickname"
        />
        <Button type="submit" variant="contained" large>
          {t("name.save")}
        </Button>
      </form>
    </Section>
  );
}
