import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { signIn } from "~/api/session";
import { Section } from "~/ui/Section";
import { Form } from "../forms/Form";
import { useFragment } from "../forms/useFragment";
import { useSignedIn } from "../forms/useSignedIn";
import { LinkPage } from "./LinkPage";
import { isElsewhere, useElsewhere } from "./useElsewhere";

/** Confirms the address of a new account. */
export default function ConfirmPage() {
  const { t } = useTranslation("account");
  const token = useFragment();
  const signedIn = useSignedIn();
  const [done, setDone] = useState<string | null>(null);
  const confirm = useMutation({
    mutationFn: (password: string | null) => signIn("/api/v1/auth/verify-email", { token, password }),
    onSuccess: (person) => {
      if (person) signedIn();
      else setDone(t("confirm.elsewhereDone"));
    },
  });
  const { password, field } = useElsewhere(confirm.error);
  return (
    <LinkPage title={t("confirm.title")} token={token} done={done}>
      <Section title={t("confirm.form")} note={t("confirm.note")}>
        <Form
          submit={t("confirm.submit")}
          busy={confirm.isPending}
          error={isElsewhere(confirm.error) ? null : confirm.error}
          onSubmit={() => confirm.mutate(password)}
        >
          {field}
        </Form>
      </Section>
    </LinkPage>
  );
}
