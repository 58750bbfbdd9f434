import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Profile } from "~/api/types";
import { toast } from "~/ui/toast";
import { NameField } from "../forms/fields";
import { Form } from "../forms/Form";
import { useChange } from "./useProfile";

export function Name({ profile }: Readonly<{ profile: Profile }>) {
  const { t } = useTranslation("account");
  const [draft, setDraft] = useState<string | null>(null);
  const change = useChange();
  const save = () => {
    change.mutate(
      { username: draft ?? profile.username },
      {
        onSuccess: () => {
          setDraft(null);
          toast({ text: t("profile.nameSaved") });
        },
      },
    );
  };
  return (
    <Form submit={t("profile.saveName")} busy={change.isPending} error={change.error} onSubmit={save}>
      <NameField value={draft ?? profile.username} onChange={setDraft} />
    </Form>
  );
}
