import { useMutation } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { Problem } from "~/api/problem";
import { signIn } from "~/api/session";
import type { Mfa, Person } from "~/api/types";
import { Button } from "~/ui/Button";
import { Section } from "~/ui/Section";
import { Form } from "../forms/Form";
import { useFactorCode } from "../forms/useFactorCode";
import { shownPasskey } from "../passkeys/ask";
import { whyNoPasskeys } from "../passkeys/webauthn";
import { Failure } from "../forms/Failure";

type Props = Readonly<{
  mfa: Mfa;
  onEntered: (person: Person | null) => void;
  /** The first factor has to be shown again: too late, or too often wrong. */
  onOver: (error: unknown) => void;
}>;

/** The second factor of who has shown the first: a code, or a passkey. */
export function SecondFactor({ mfa: { ticket, methods }, onEntered, onOver }: Props) {
  const { t } = useTranslation("account");
  const { proof, field, other } = useFactorCode(methods);
  const settled = {
    onSuccess: onEntered,
    onError: (error: unknown) => {
      if (error instanceof Problem && error.code === "factor_ticket_invalid") onOver(error);
    },
  };
  const byCode = useMutation({
    mutationFn: () =>
      signIn("/api/v1/auth/login/mfa", { ticket, method: proof?.method ?? "totp", code: proof?.code ?? "" }),
    ...settled,
  });
  const byPasskey = useMutation({
    mutationFn: async () =>
      signIn("/api/v1/auth/login/mfa", { ticket, method: "passkey", passkey: await shownPasskey() }),
    ...settled,
  });
  const busy = byCode.isPending || byPasskey.isPending;
  const passkeys = methods.includes("passkey") && whyNoPasskeys() === null;
  const again = (
    <Button
      variant="text"
      onClick={() => {
        onOver(null);
      }}
    >
      {t("factor.again")}
    </Button>
  );
  return (
    <Section title={t("factor.title")} note={t("factor.lead")}>
      {passkeys && (
        <div>
          <Button
            variant={field ? "outlined" : "contained"}
            large
            busy={busy}
            onClick={() => {
              byCode.reset();
              byPasskey.mutate();
            }}
          >
            {t("passkey.show")}
          </Button>
        </div>
      )}
      {byPasskey.isError && <Failure error={byPasskey.error} />}
      {field ? (
        <Form
          submit={t("factor.submit")}
          busy={busy}
          error={byCode.error}
          onSubmit={() => {
            byPasskey.reset();
            byCode.mutate();
          }}
          actions={
            <>
              {other}
              {again}
            </>
          }
        >
          {field}
        </Form>
      ) : (
        <>
          {!passkeys && <p>{t("factor.noneHere")}</p>}
          <div>{again}</div>
        </>
      )}
    </Section>
  );
}
