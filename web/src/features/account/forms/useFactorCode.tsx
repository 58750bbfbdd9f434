import TextField from "@mui/material/TextField";
import { useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { Factor } from "~/api/types";
import { Button } from "~/ui/Button";
import { digits } from "./digits";

const METHODS = ["totp", "recovery_code"] as const;
type Method = (typeof METHODS)[number];

type FactorCode = Readonly<{
  /** What is typed, as the platform takes it; null where the person has no code of any kind. */
  proof: Readonly<{ method: Method; code: string }> | null;
  field: ReactNode;
  /** The button that asks for the other kind of code, where there is one. */
  other: ReactNode;
}>;

/** A code as second factor: that of the authenticator app, or one of the recovery codes. */
export function useFactorCode(methods: readonly Factor[]): FactorCode {
  const { t } = useTranslation("account");
  const usable = METHODS.filter((method) => methods.includes(method));
  const [chosen, setChosen] = useState<Method | null>(null);
  const [typed, setTyped] = useState("");
  const method = chosen ?? usable[0];
  if (!method) return { proof: null, field: null, other: null };
  const other = usable.find((one) => one !== method);
  return {
    proof: { method, code: method === "totp" ? digits(typed) : typed.trim() },
    field: <CodeField key={method} method={method} value={typed} onChange={setTyped} />,
    other: other && (
      <Button
        variant="text"
        onClick={() => {
          setTyped("");
          setChosen(other);
        }}
      >
        {t(`factor.use.${other}`)}
      </Button>
    ),
  };
}

type FieldProps = Readonly<{ method: Method; value: string; onChange: (value: string) => void }>;

function CodeField({ method, value, onChange }: FieldProps) {
  const { t } = useTranslation("account");
  const app = method === "totp";
  return (
    <TextField
      label={t(`factor.${method}`)}
      helperText={t(`factor.note.${method}`)}
      value={value}
      onChange={(event) => {
        onChange(event.target.value);
      }}
      autoComplete={app ? "one-time-code" : "off"}
      slotProps={{
        htmlInput: {
          required: true,
          inputMode: app ? "numeric" : "text",
          maxLength: app ? 12 : 64,
          autoCapitalize: "characters",
          spellCheck: false,
        },
      }}
    />
  );
}
