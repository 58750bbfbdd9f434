import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, data } from "~/api/client";
import { Section } from "~/ui/Section";
import { PasswordField } from "../forms/fields";
import { Form } from "../forms/Form";
import { useFragment } from "../forms/useFragment";
import { LinkPage } from "./LinkPage";

/** Sets a new password by the link in a mail; signs nobody in. */
export default function ResetPage() {
  const { t } = useTranslation("account");
  const token = useFragment();
  const [password, setPassword] = useState("");
  const reset = useMutation({
    mutationFn: () => data(api.POST("/api/v1/auth/reset-password", { body: { token, password } })),
  });
  return (
    <LinkPage title={t("reset.title")} token={token} done={reset.isSuccess ? t("reset.done") : null}>
      <Section title={t("reset.form")} note={t("reset.note")}>
        <Form
          submit={t("reset.submit")}
          busy={reset.isPending}
          error={reset.error}
          onSubmit={() => reset.mutate()}
        >
          <PasswordField kind="new-password" value={password} onChange={setPassword} />
        </Form>
      </Section>
    </LinkPage>
  );
}
