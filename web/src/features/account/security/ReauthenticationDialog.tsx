import { useMutation } from "@tanstack/react-query";
import { useEffect, useId, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { signIn } from "~/api/session";
import type { Factor } from "~/api/types";
import { Button } from "~/ui/Button";
import { useHere } from "~/ui/comeBack";
import { Skeleton } from "~/ui/Loading";
import { Failure } from "../forms/Failure";
import { PasswordField } from "../forms/fields";
import { Form } from "../forms/Form";
import { useFactorCode } from "../forms/useFactorCode";
import { shownPasskey } from "../passkeys/ask";
import { whyNoPasskeys } from "../passkeys/webauthn";
import { ProviderButtons, useProviders } from "../signIn/providers";
import type { Wanted } from "../signIn/wanted";
import { useFactors } from "./useFactors";
import { useIdentities } from "./useIdentities";
import { useProfile } from "./useProfile";
import styles from "../account.module.css";

type Props = Readonly<{ onEnd: (shown: boolean) => void }>;
type DialogProps = Props & Readonly<{ wanted: Wanted | null }>;

/**
 * Asks once more who is there: by a passkey, by the password with the second factor where there is one, or by signing in
 * elsewhere again. Where it cannot be known whether there is a password, it is among the ways.
 */
export function ReauthenticationDialog({ wanted, onEnd }: DialogProps) {
  const { t } = useTranslation("account");
  const title = useId();
  const element = useRef<HTMLDialogElement>(null);
  const factors = useFactors();
  const profile = useProfile();
  const identities = useIdentities();
  useEffect(() => {
    element.current?.showModal(); // the browser holds the focus inside, and gives it back
  }, []);
  return (
    <dialog
      ref={element}
      className={styles.dialog}
      aria-labelledby={title}
      onCancel={(event) => {
        event.preventDefault();
        onEnd(false);
      }}
    >
      <h2 id={title}>{t("again.title")}</h2>
      <p className={styles.small}>{t("again.note")}</p>
      {factors.isPending || profile.isPending || identities.isPending ? (
        <Skeleton height="8rem" />
      ) : (
        <Ways
          methods={factors.data?.methods ?? []}
          hasPassword={profile.data?.has_password ?? true}
          linked={identities.data?.map((each) => each.provider) ?? []}
          wanted={wanted}
          onEnd={onEnd}
        />
      )}
      <div className={styles.buttons}>
        <Button variant="outlined" tone="inherit" onClick={() => onEnd(false)}>
          {t("cancel")}
        </Button>
      </div>
    </dialog>
  );
}

type WaysProps = DialogProps &
  Readonly<{ methods: readonly Factor[]; hasPassword: boolean; linked: readonly string[] }>;

function Ways({ methods, hasPassword, linked, wanted, onEnd }: WaysProps) {
  const { t } = useTranslation("account");
  const passkeys = methods.includes("passkey");
  const cannot = passkeys ? whyNoPasskeys() : null;
  // Beside the password a second factor is asked for: whose only one is a passkey shows that alone.
  const byPassword = hasPassword && (!passkeys || methods.length > 1);
  const configured = useProviders();
  const providers = linked.filter((name) => configured.includes(name));
  const here = useHere();
  return (
    <div className={styles.form}>
      {passkeys && cannot === null && <ByPasskey onEnd={onEnd} />}
      {cannot && <p className={styles.small}>{t(`passkey.${cannot}`)}</p>}
      {byPassword && <ByPassword methods={methods} main={!passkeys || cannot !== null} onEnd={onEnd} />}
      {providers.length > 0 && (
        <>
          <p className={styles.small}>{t("again.elsewhere")}</p>
          <ProviderButtons
            names={providers}
            next={here ?? "/account"}
            purpose="reauthenticate"
            wanted={wanted}
            label={(provider) => t("signIn.with", { provider })}
          />
        </>
      )}
    </div>
  );
}

function ByPasskey({ onEnd }: Props) {
  const { t } = useTranslation("account");
  const show = useMutation({
    mutationFn: async () => signIn("/api/v1/auth/reauthenticate", { passkey: await shownPasskey() }),
    onSuccess: () => onEnd(true),
  });
  return (
    <>
      {show.isError && <Failure error={show.error} />}
      <div>
        <Button variant="contained" large busy={show.isPending} onClick={() => show.mutate()}>
          {t("passkey.show")}
        </Button>
      </div>
    </>
  );
}

type PasswordProps = Props & Readonly<{ methods: readonly Factor[]; main: boolean }>;

function ByPassword({ methods, main, onEnd }: PasswordProps) {
  const { t } = useTranslation("account");
  const [password, setPassword] = useState("");
  const { proof, field, other } = useFactorCode(methods);
  const check = useMutation({
    mutationFn: () => signIn("/api/v1/auth/reauthenticate", { password, ...proof }),
    onSuccess: () => onEnd(true),
  });
  return (
    <Form
      submit={t(main ? "again.submit" : "again.byPassword")}
      secondary={!main}
      busy={check.isPending}
      error={check.error}
      onSubmit={() => check.mutate()}
      actions={other}
    >
      <PasswordField kind="current-password" value={password} onChange={setPassword} />
      {field}
    </Form>
  );
}
