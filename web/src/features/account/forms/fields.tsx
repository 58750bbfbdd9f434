import TextField from "@mui/material/TextField";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import styles from "../account.module.css";

type Props = Readonly<{ value: string; onChange: (value: string) => void }>;

/** As the platform takes it (`RegisterIn`). */
const LONGEST_NAME = 40;

type EmailProps = Props &
  Readonly<{
    label?: string;
    /** The browser may offer passkeys here, too (`useAutofill`). */
    passkeys?: boolean;
  }>;

export function EmailField({ value, onChange, label, passkeys = false }: EmailProps) {
  const { t } = useTranslation("account");
  return (
    <TextField
      label={label ?? t("field.email")}
      type="email"
      value={value}
      onChange={(event) => {
        onChange(event.target.value);
      }}
      autoComplete={passkeys ? "username webauthn" : "username"}
      slotProps={{ htmlInput: { required: true, inputMode: "email", maxLength: 254 } }}
    />
  );
}

export function NameField({ value, onChange }: Props) {
  const { t } = useTranslation("account");
  return (
    <TextField
      label={t("field.name")}
      helperText={t("field.nameNote")}
      value={value}
      onChange={(event) => {
        onChange(event.target.value);
      }}
      autoComplete="nickname"
      slotProps={{ htmlInput: { required: true, maxLength: LONGEST_NAME } }}
    />
  );
}

/** Six digits from a mail, typed or filled in by the device; with or without the space that the mail shows. */
export function CodeField({ value, onChange }: Props) {
  const { t } = useTranslation("account");
  return (
    <TextField
      label={t("field.code")}
      helperText={t("field.codeNote")}
      value={value}
      onChange={(event) => {
        onChange(event.target.value);
      }}
      autoComplete="one-time-code"
      slotProps={{ htmlInput: { required: true, inputMode: "numeric", maxLength: 12 } }}
    />
  );
}

type PasswordProps = Props &
  Readonly<{
    /** `new-password` is one to be chosen: says what is asked of it. */
    kind: "current-password" | "new-password";
    label?: string;
  }>;

/** A password, which can be made visible: to see what one typed is better than to type it twice. */
export function PasswordField({ value, onChange, kind, label }: PasswordProps) {
  const { t } = useTranslation("account");
  const [shown, setShown] = useState(false);
  const chosen = kind === "new-password";
  return (
    <div>
      <TextField
        fullWidth
        label={label ?? t(chosen ? "field.newPassword" : "field.password")}
        helperText={chosen ? t("field.passwordNote") : undefined}
        type={shown ? "text" : "password"}
        value={value}
        onChange={(event) => {
          onChange(event.target.value);
        }}
        autoComplete={kind}
        slotProps={{ htmlInput: { required: true, spellCheck: false, autoCapitalize: "none" } }}
      />
      <label className={styles.check}>
        <input
          type="checkbox"
          checked={shown}
          onChange={(event) => {
            setShown(event.target.checked);
          }}
        />
        <span>{t("field.show")}</span>
      </label>
    </div>
  );
}
