import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { signIn } from "~/api/session";
import { usePerson } from "~/api/usePerson";
import { Mui } from "~/design/Mui";
import { Button } from "~/ui/Button";
import { Page } from "~/ui/Page";
import { Section } from "~/ui/Section";
import { toast } from "~/ui/toast";
import { AlreadySignedIn } from "./AlreadySignedIn";
import { EmailField, PasswordField } from "./forms/fields";
import { Form } from "./forms/Form";
import { useSignedIn } from "./forms/useSignedIn";

/** Signs in to an account; what a guest has comes along. */
export default function SignInPage() {
  const { t } = useTranslation("account");
  const person = usePerson();
  return (
    <Page title={t("signIn.title")} lead={t("signIn.lead")}>
      <Mui>{person?.kind === "account" ? <AlreadySignedIn person={person} /> : <SignInForm />}</Mui>
    </Page>
  );
}

function SignInForm() {
  const { t } = useTranslation("account");
  const person = usePerson();
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const signedIn = useSignedIn();
  const enter = useMutation({
    mutationFn: () => signIn("/api/v1/auth/login", { email, password }),
    onSuccess: (who) => {
      toast({ text: t("signIn.done", { name: who?.name ?? "" }) });
      signedIn();
    },
  });
  return (
    <Section title={t("signIn.form")} note={person ? t("signIn.guest") : undefined}>
      <Form
        submit={t("signIn.submit")}
        busy={enter.isPending}
        error={enter.error}
        onSubmit={() => enter.mutate()}
        actions={
          <>
            <Button variant="text" to="/account/forgot">
              {t("signIn.forgot")}
            </Button>
            <Button variant="text" to="/account/register">
              {t("signIn.register")}
            </Button>
          </>
        }
      >
        <EmailField value={email} onChange={setEmail} />
        <PasswordField kind="current-password" value={password} onChange={setPassword} />
      </Form>
    </Section>
  );
}
