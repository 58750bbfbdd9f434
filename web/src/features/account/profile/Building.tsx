import TextField from "@mui/material/TextField";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Profile } from "~/api/types";
import { toast } from "~/ui/toast";
import { Form } from "../forms/Form";
import { useChange } from "./useProfile";

/** As the platform takes it (`MeIn`). */
const LONGEST = 60;

/** The building, whose neighbours share its bins; empty takes it back. */
export function Building({ profile }: Readonly<{ profile: Profile }>) {
  const { t } = useTranslation("account");
  const [draft, setDraft] = useState<string | null>(null);
  const change = useChange();
  const building = draft ?? profile.building ?? "";
  const save = () => {
    change.mutate(
      { building: building.trim() || null },
      {
        onSuccess: () => {
          setDraft(null);
          toast({ text: t("profile.buildingSaved") });
        },
      },
    );
  };
  return (
    <Form submit={t("profile.saveBuilding")} busy={change.isPending} error={change.error} onSubmit={save}>
      <TextField
        label={t("profile.building")}
        helperText={t("profile.buildingNote")}
        value={building}
        onChange={({ target }) => {
          setDraft(target.value);
        }}
        slotProps={{ htmlInput: { maxLength: LONGEST, autoComplete: "off" } }}
      />
    </Form>
  );
}
