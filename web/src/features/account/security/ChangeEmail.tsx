import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, data } from "~/api/client";
import { Button } from "~/ui/Button";
import { Section } from "~/ui/Section";
import { toast } from "~/ui/toast";
import { forgetAsked, remember, remembered, type Waiting } from "../forms/asked";
import { digits } from "../forms/digits";
import { CodeField, EmailField } from "../forms/fields";
import { Form } from "../forms/Form";
import { useReauthentication } from "./useReauthentication";

const WHAT = "change-email";

/** Another address: who they are once more if that is long ago, then the code from the mail to the new address. */
export function ChangeEmail() {
  const { t } = useTranslation("account");
  const client = useQueryClient();
  const [waiting, setWaiting] = useState(() => remembered(WHAT));
  const over = () => {
    forgetAsked(WHAT);
    setWaiting(null);
  };
  return (
    <Section
      title={t("email.title")}
      note={waiting ? t("code.note", { email: waiting.email }) : t("email.note")}
    >
      {waiting ? (
        <TypeCode
          waiting={waiting}
          onCancel={over}
          onDone={() => {
            over();
            toast({ text: t("email.changed") });
            void client.invalidateQueries({ queryKey: ["account"] });
          }}
        />
      ) : (
        <Ask onAsked={setWaiting} />
      )}
    </Section>
  );
}

function Ask({ onAsked }: Readonly<{ onAsked: (waiting: Waiting) => void }>) {
  const { t } = useTranslation("account");
  const [email, setEmail] = useState("");
  const { reauthenticated, dialog } = useReauthentication();
  const ask = useMutation({
    mutationFn: () => reauthenticated(() => data(api.POST("/api/v1/auth/change-email", { body: { email } }))),
    onSuccess: (asked) => {
      if (asked) onAsked(remember(WHAT, asked, email));
    },
  });
  return (
    <>
      <Form submit={t("email.submit")} busy={ask.isPending} error={ask.error} onSubmit={() => ask.mutate()}>
        <EmailField label={t("field.newEmail")} value={email} onChange={setEmail} />
      </Form>
      {dialog}
    </>
  );
}

type CodeProps = Readonly<{ waiting: Waiting; onDone: () => void; onCancel: () => void }>;

function TypeCode({ waiting: { request }, onDone, onCancel }: CodeProps) {
  const { t } = useTranslation("account");
  const [code, setCode] = useState("");
  const confirm = useMutation({
    mutationFn: () => data(api.POST("/api/v1/auth/confirm-email", { body: { request, code: digits(code) } })),
    onSuccess: onDone,
  });
  return (
    <Form
      submit={t("code.submit")}
      busy={confirm.isPending}
      error={confirm.error}
      onSubmit={() => confirm.mutate()}
      actions={
        <Button variant="text" onClick={onCancel}>
          {t("code.again")}
        </Button>
      }
    >
      <CodeField value={code} onChange={setCode} />
    </Form>
  );
}
