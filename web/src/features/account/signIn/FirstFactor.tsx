import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Problem } from "~/api/problem";
import { enter, signIn } from "~/api/session";
import type { Mfa, PasskeyAnswer, Person } from "~/api/types";
import { usePerson } from "~/api/usePerson";
import { Button } from "~/ui/Button";
import { useNext, withNext } from "~/ui/comeBack";
import { Section } from "~/ui/Section";
import { Failure } from "../forms/Failure";
import { EmailField, PasswordField } from "../forms/fields";
import { Form } from "../forms/Form";
import { shownPasskey } from "../passkeys/ask";
import { useAutofill } from "../passkeys/useAutofill";
import { whyNoPasskeys } from "../passkeys/webauthn";
import { ProviderButtons, useProviders } from "./providers";
import styles from "../account.module.css";

type Props = Readonly<{
  email: string;
  onEmail: (email: string) => void;
  /** Why the second factor could not be shown any more, where somebody comes back from it. */
  over: unknown;
  onEntered: (person: Person | null) => void;
  onMfa: (mfa: Mfa) => void;
}>;

/** The ways in, the easiest first. */
export function FirstFactor({ email, onEmail, over, onEntered, onMfa }: Props) {
  const { t } = useTranslation("account");
  const next = useNext();
  const providers = useProviders();
  const passkey = usePasskey(onEntered);
  const password = usePassword(email, over, onEntered, onMfa);
  const guest = usePerson() !== null;
  return (
    <>
      {guest && <p className={styles.small}>{t("signIn.guest")}</p>}
      {passkey.why === null && (
        <Section title={t("signIn.byPasskey")} note={t("signIn.passkeyNote")}>
          {passkey.error !== null && <Failure error={passkey.error} />}
          <div>
            <Button variant="contained" large busy={passkey.busy} onClick={passkey.show}>
              {t("signIn.passkey")}
            </Button>
          </div>
        </Section>
      )}
      <Section title={t("signIn.form")}>
        <Form
          submit={t("signIn.submit")}
          busy={password.busy}
          error={password.error}
          onSubmit={password.send}
          actions={
            <>
              <Button variant="text" to={withNext("/account/forgot", next)}>
                {t("signIn.forgot")}
              </Button>
              <Button variant="text" to={withNext("/account/register", next)}>
                {t("signIn.register")}
              </Button>
            </>
          }
        >
          <EmailField passkeys value={email} onChange={onEmail} />
          <PasswordField kind="current-password" value={password.value} onChange={password.change} />
        </Form>
      </Section>
      {providers.length > 0 && (
        <Section title={t("signIn.elsewhere")}>
          <ProviderButtons
            names={providers}
            next={next ?? "/account"}
            label={(provider) => t("signIn.with", { provider })}
          />
        </Section>
      )}
      {passkey.why && <p className={styles.small}>{t(`passkey.${passkey.why}`)}</p>}
    </>
  );
}

/** Signing in by a passkey: by the button, or in the field of the address where the browser offers it. */
function usePasskey(onEntered: Props["onEntered"]) {
  const why = whyNoPasskeys();
  const [unavailable, setUnavailable] = useState<unknown>(null);
  const enterBy = useMutation({
    mutationFn: async (shown: PasskeyAnswer | null) =>
      signIn("/api/v1/auth/passkeys/authentication/verify", shown ?? (await shownPasskey())),
    onSuccess: onEntered,
  });
  useAutofill({
    enabled: why === null && !enterBy.isPending && unavailable === null,
    onShown: (answer) => {
      enterBy.mutate(answer);
    },
    onFailed: (error) => {
      // Another host than the passkeys'. Anything else is told to who presses the button.
      if (error instanceof Problem && error.details.status === 409) setUnavailable(error);
    },
  });
  return {
    why,
    busy: enterBy.isPending,
    error: enterBy.error ?? unavailable,
    show: () => {
      enterBy.mutate(null);
    },
  };
}

function usePassword(email: string, over: unknown, onEntered: Props["onEntered"], onMfa: Props["onMfa"]) {
  const [value, change] = useState("");
  const check = useMutation({
    mutationFn: () => enter("/api/v1/auth/login", { email, password: value }),
    onSuccess: ({ person, mfa }) => {
      if (mfa) onMfa(mfa);
      else onEntered(person);
    },
  });
  return {
    value,
    change,
    busy: check.isPending,
    error: check.error ?? (check.isPending ? null : over),
    send: () => {
      check.mutate();
    },
  };
}
