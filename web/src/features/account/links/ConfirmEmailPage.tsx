import { useMutation } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api, data } from "~/api/client";
import { Section } from "~/ui/Section";
import { Form } from "../forms/Form";
import { useFragment } from "../forms/useFragment";
import { LinkPage } from "./LinkPage";
import { isElsewhere, useElsewhere } from "./useElsewhere";

/** Confirms the new address of an account. */
export default function ConfirmEmailPage() {
  const { t } = useTranslation("account");
  const token = useFragment();
  const confirm = useMutation({
    mutationFn: (password: string | null) =>
      data(api.POST("/api/v1/auth/confirm-email", { body: { token, password } })),
  });
  const { password, field } = useElsewhere(confirm.error);
  return (
    <LinkPage
      title={t("confirmEmail.title")}
      token={token}
      done={confirm.isSuccess ? t("email.changed") : null}
    >
      <Section title={t("confirmEmail.form")} note={t("confirmEmail.note")}>
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
