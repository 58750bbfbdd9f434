import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, data } from "~/api/client";
import { Section } from "~/ui/Section";
import { digits } from "../forms/digits";
import { CodeField } from "../forms/fields";
import { Form } from "../forms/Form";
import { useFragment } from "../forms/useFragment";
import { LinkPage } from "./LinkPage";

/** Puts the old address of an account back. */
export default function UndoEmailPage() {
  const { t } = useTranslation("account");
  const token = useFragment();
  const [code, setCode] = useState("");
  const undo = useMutation({
    mutationFn: () => data(api.POST("/api/v1/auth/undo-email", { body: { token, code: digits(code) } })),
  });
  return (
    <LinkPage title={t("undo.title")} token={token} done={undo.isSuccess ? t("undo.done") : null}>
      <Section title={t("undo.form")} note={t("undo.note")}>
        <Form
          submit={t("undo.submit")}
          busy={undo.isPending}
          error={undo.error}
          onSubmit={() => undo.mutate()}
        >
          <CodeField value={code} onChange={setCode} />
        </Form>
      </Section>
    </LinkPage>
  );
}
