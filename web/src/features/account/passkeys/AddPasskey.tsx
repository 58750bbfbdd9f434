import TextField from "@mui/material/TextField";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { signIn } from "~/api/session";
import { EndOthers } from "../forms/EndOthers";
import { Form } from "../forms/Form";
import { useReauthentication } from "../security/useReauthentication";
import { newPasskey } from "./ask";
import { whyNoPasskeys } from "./webauthn";

/** As the platform takes it (`PasskeyIn`). */
const LONGEST_NAME = 40;

type Props = Readonly<{
  submit: string;
  /** Offers to sign out other devices: nobody has any but who has an account already. */
  mayEndOthers?: boolean;
  onAdded: () => void;
}>;

/** Makes a passkey on this device; or says why that cannot be. A guest becomes an account by it. */
export function AddPasskey({ submit, mayEndOthers = false, onAdded }: Props) {
  const { t } = useTranslation("account");
  const [name, setName] = useState("");
  const [endOthers, setEndOthers] = useState(false);
  const { reauthenticated, dialog } = useReauthentication();
  const add = useMutation({
    mutationFn: () =>
      reauthenticated(async () =>
        signIn(
          "/api/v1/auth/passkeys/registration/verify",
          { ...(await newPasskey()), name: name.trim() || null },
          { query: { end_others: String(endOthers) } },
        ),
      ),
    onSuccess: (who) => {
      if (!who) return;
      setName("");
      onAdded();
    },
  });
  const why = whyNoPasskeys();
  if (why) return <p>{t(`passkey.${why}`)}</p>;
  return (
    <>
      <Form submit={submit} busy={add.isPending} error={add.error} onSubmit={() => add.mutate()}>
        <TextField
          label={t("passkeys.name")}
          helperText={t("passkeys.nameNote")}
          value={name}
          onChange={(event) => {
            setName(event.target.value);
          }}
          autoComplete="off"
          slotProps={{ htmlInput: { maxLength: LONGEST_NAME } }}
        />
        {mayEndOthers && <EndOthers checked={endOthers} onChange={setEndOthers} />}
      </Form>
      {dialog}
    </>
  );
}
