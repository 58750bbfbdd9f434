import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { api, data } from "~/api/client";
import { Mui } from "~/design/Mui";
import { Button } from "~/ui/Button";
import { useNext, withNext } from "~/ui/comeBack";
import { Page } from "~/ui/Page";
import { Section } from "~/ui/Section";
import { toast } from "~/ui/toast";
import { forgetAsked, remember, remembered, type Waiting } from "./forms/asked";
import { digits } from "./forms/digits";
import { CodeField, EmailField, PasswordField } from "./forms/fields";
import { Form } from "./forms/Form";

const WHAT = "forgot";

/** A new password for who forgot theirs: address, then the code from the mail. */
export default function ForgotPage() {
  const { t } = useTranslation("account");
  const [waiting, setWaiting] = useState(() => remembered(WHAT));
  const again = () => {
    forgetAsked(WHAT);
    setWaiting(null);
  };
  return (
    <Page title={t("forgot.title")} lead={t("forgot.lead")}>
      <Mui>{waiting ? <Choose waiting={waiting} onAgain={again} /> : <Ask onAsked={setWaiting} />}</Mui>
    </Page>
  );
}

function Ask({ onAsked }: Readonly<{ onAsked: (waiting: Waiting) => void }>) {
  const { t } = useTranslation("account");
  const [email, setEmail] = useState("");
  const ask = useMutation({
    mutationFn: () => data(api.POST("/api/v1/auth/forgot-password", { body: { email } })),
    onSuccess: (asked) => onAsked(remember(WHAT, asked, email)),
  });
  return (
    <Section title={t("forgot.form")}>
      <Form submit={t("forgot.submit")} busy={ask.isPending} error={ask.error} onSubmit={() => ask.mutate()}>
        <EmailField value={email} onChange={setEmail} />
      </Form>
    </Section>
  );
}

function Choose({ waiting, onAgain }: Readonly<{ waiting: Waiting; onAgain: () => void }>) {
  const { t } = useTranslation("account");
  const navigate = useNavigate();
  const next = useNext();
  const [code, setCode] = useState("");
  const [password, setPassword] = useState("");
  const { request, email } = waiting;
  const reset = useMutation({
    mutationFn: () =>
      data(api.POST("/api/v1/auth/reset-password", { body: { request, code: digits(code), password } })),
    onSuccess: () => {
      forgetAsked(WHAT);
      toast({ text: t("reset.done") });
      void navigate(withNext("/account/sign-in", next), { replace: true });
    },
  });
  return (
    <Section title={t("code.title")} note={t("forgot.sent", { email })}>
      <Form
        submit={t("reset.submit")}
        busy={reset.isPending}
        error={reset.error}
        onSubmit={() => reset.mutate()}
        actions={
          <Button variant="text" onClick={onAgain}>
            {t("code.again")}
          </Button>
        }
      >
        <CodeField value={code} onChange={setCode} />
        <PasswordField kind="new-password" value={password} onChange={setPassword} />
      </Form>
    </Section>
  );
}
