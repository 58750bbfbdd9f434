import { useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Problem } from "~/api/problem";
import { PasswordField } from "../forms/fields";
import styles from "../account.module.css";

/**
 * For links that need the password, too, where they are opened in another browser than the one that asked: the platform
 * says so by `confirmation_elsewhere`. Gives the password, once it is asked for, and its field.
 */
export function useElsewhere(error: unknown): Readonly<{ password: string | null; field: ReactNode }> {
  const { t } = useTranslation("account");
  const [password, setPassword] = useState("");
  const [wanted, setWanted] = useState(false);
  if (!wanted && isElsewhere(error)) setWanted(true);
  if (!wanted) return { password: null, field: null };
  return {
    password,
    field: (
      <>
        <p className={styles.small}>{t("link.elsewhere")}</p>
        <PasswordField kind="current-password" value={password} onChange={setPassword} />
      </>
    ),
  };
}

export function isElsewhere(error: unknown): boolean {
  return error instanceof Problem && error.code === "confirmation_elsewhere";
}
