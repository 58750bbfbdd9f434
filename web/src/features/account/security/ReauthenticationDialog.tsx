import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useEffect, useId, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { person, signIn } from "~/api/session";
import type { Factor } from "~/api/types";
import { Button } from "~/ui/Button";
import { useHere } from "~/ui/comeBack";
import { Skeleton } from "~/ui/Loading";
import { toast } from "~/ui/toast";
import { Failure } from "../forms/Failure";
import { PasswordField } from "../forms/fields";
import { Form } from "../forms/Form";
import { useFactorCode } from "../forms/useFactorCode";
import { shownPasskey } from "../passkeys/ask";
import { whyNoPasskeys } from "../passkeys/webauthn";
import { ProviderButtons, useProviders } from "../signIn/providers";
import { useFactors } from "./useFactors";
import styles from "../account.module.css";

type Props = Readonly<{ onEnd: (shown: boolean) => void }>;

/**
 * Asks once more who is there: by a passkey, by the password with the second factor where there is one, or by signing in
 * elsewhere again. The platform does not tell whether somebody has a password, so it is always among the ways.
 */
export function ReauthenticationDialog({ onEnd }: Props) {
  const { t } = useTranslation("account");
  const title = useId();
  const element = useRef<HTMLDialogElement>(null);
  const factors = useFactors();
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
      {factors.isPending ? (
        <Skeleton height="8rem" />
      ) : (
        <Ways methods={factors.data?.methods ?? []} onEnd={onEnd} />
      )}
      <div className={styles.buttons}>
        <Button variant="outlined" tone="inherit" onClick={() => onEnd(false)}>
          {t("cancel")}
        </Button>
      </div>
    </dialog>
  );
}

function Ways({ methods, onEnd }: Props & Readonly<{ methods: readonly Factor[] }>) {
  const { t } = useTranslation("account");
  const passkeys = methods.includes("passkey");
  const cannot = passkeys ? whyNoPasskeys() : null;
  const codes = methods.includes("totp") || methods.includes("recovery_code");
  const providers = useProviders();
  const here = useHere();
  return (
    <div className={styles.form}>
      {passkeys && cannot === null && <ByPasskey onEnd={onEnd} />}
      {cannot && <p className={styles.small}>{t(`passkey.${cannot}`)}</p>}
      {/* A second factor is asked for beside the password: who has passkeys only shows one of those. */}
      {(codes || !passkeys) && (
        <ByPassword methods={methods} main={!passkeys || cannot !== null} onEnd={onEnd} />
      )}
      {providers.length > 0 && (
        <>
          <p className={styles.small}>{t("again.elsewhere")}</p>
          <ProviderButtons
            names={providers}
            next={here ?? "/account"}
            label={(provider) => t("signIn.with", { provider })}
          />
        </>
      )}
    </div>
  );
}

function ByPasskey({ onEnd }: Props) {
  const { t } = useTranslation("account");
  const client = useQueryClient();
  const show = useMutation({
    mutationFn: async () => {
      const before = person()?.id;
      const shown = await signIn("/api/v1/auth/passkeys/authentication/verify", await shownPasskey());
      return { shown, same: shown?.id === before };
    },
    onSuccess: ({ shown, same }) => {
      if (!same) {
        // The passkey is that of another account, which is signed in now: what was wanted was not meant for it.
        toast({ text: t("again.another", { name: shown?.name ?? "" }) });
        void client.invalidateQueries();
      }
      onEnd(same);
    },
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
