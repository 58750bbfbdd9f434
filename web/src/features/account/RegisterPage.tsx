import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, data } from "~/api/client";
import { signIn } from "~/api/session";
import { usePerson } from "~/api/usePerson";
import { Mui } from "~/design/Mui";
import { usePreferences } from "~/preferences/store";
import { Button } from "~/ui/Button";
import { useNext, withNext } from "~/ui/comeBack";
import { Page } from "~/ui/Page";
import { Section } from "~/ui/Section";
import { toast } from "~/ui/toast";
import { AlreadySignedIn } from "./AlreadySignedIn";
import { forgetAsked, remember, remembered, type Waiting } from "./forms/asked";
import { digits } from "./forms/digits";
import { CodeField, EmailField, NameField, PasswordField } from "./forms/fields";
import { Form } from "./forms/Form";
import { useSignedIn } from "./forms/useSignedIn";
import styles from "./account.module.css";

const WHAT = "register";

/** Makes an account of a guest: address and password, then the code from the mail. */
export default function RegisterPage() {
  const { t } = useTranslation("account");
  const person = usePerson();
  const [waiting, setWaiting] = useState(() => remembered(WHAT));
  const again = () => {
    forgetAsked(WHAT);
    setWaiting(null);
  };
  return (
    <Page title={t("register.title")} lead={t("register.lead")}>
      <Mui>
        {person?.kind === "account" ? (
          <AlreadySignedIn person={person} />
        ) : waiting ? (
          <TypeCode waiting={waiting} onAgain={again} />
        ) : (
          <Ask onAsked={setWaiting} />
        )}
      </Mui>
    </Page>
  );
}

function Ask({ onAsked }: Readonly<{ onAsked: (waiting: Waiting) => void }>) {
  const { t } = useTranslation("account");
  const person = usePerson();
  const kept = usePreferences().name;
  const next = useNext();
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const [name, setName] = useState(person?.name ?? kept ?? "");
  const ask = useMutation({
    mutationFn: () => data(api.POST("/api/v1/auth/register", { body: { email, password, username: name } })),
    onSuccess: (asked) => onAsked(remember(WHAT, asked, email)),
  });
  return (
    <Section title={t("register.form")} note={t(person ? "register.guest" : "register.nobody")}>
      <Form
        submit={t("register.submit")}
        busy={ask.isPending}
        error={ask.error}
        onSubmit={() => ask.mutate()}
        actions={
          <>
            <Button variant="text" to={withNext("/account/passkey", next)}>
              {t("register.byPasskey")}
            </Button>
            <Button variant="text" to={withNext("/account/sign-in", next)}>
              {t("register.signIn")}
            </Button>
          </>
        }
      >
        <EmailField value={email} onChange={setEmail} />
        <PasswordField kind="new-password" value={password} onChange={setPassword} />
        <NameField value={name} onChange={setName} />
      </Form>
    </Section>
  );
}

function TypeCode({ waiting, onAgain }: Readonly<{ waiting: Waiting; onAgain: () => void }>) {
  const { t } = useTranslation("account");
  const [code, setCode] = useState("");
  const signedIn = useSignedIn();
  const confirm = useMutation({
    mutationFn: () => signIn("/api/v1/auth/verify-email", { request: waiting.request, code: digits(code) }),
    onSuccess: () => {
      forgetAsked(WHAT);
      toast({ text: t("register.done") });
      signedIn();
    },
  });
  const { request, email } = waiting;
  const resend = useMutation({
    mutationFn: () =>
      data(
        api.POST("/api/v1/auth/resend-verification", {
          body: { request },
        }),
      ),
    onSuccess: () => toast({ text: t("code.resent") }),
  });
  return (
    <Section title={t("code.title")} note={t("code.note", { email })}>
      <Form
        submit={t("code.submit")}
        busy={confirm.isPending}
        error={confirm.error ?? resend.error}
        onSubmit={() => confirm.mutate()}
        actions={
          <>
            <Button variant="outlined" busy={resend.isPending} onClick={() => resend.mutate()}>
              {t("code.resend")}
            </Button>
            <Button variant="text" onClick={onAgain}>
              {t("code.again")}
            </Button>
          </>
        }
      >
        <CodeField value={code} onChange={setCode} />
      </Form>
      <p className={styles.small}>{t("code.help")}</p>
    </Section>
  );
}
