import { useTranslation } from "react-i18next";
import { ErrorMessage } from "~/ui/ErrorMessage";
import { PasskeyRefused } from "../passkeys/webauthn";
import styles from "../account.module.css";

/** Why it failed, in a sentence: the platform's, or what the browser said of a passkey. */
export function Failure({ error }: Readonly<{ error: unknown }>) {
  const { t } = useTranslation("account");
  if (!(error instanceof PasskeyRefused)) return <ErrorMessage error={error} />;
  return (
    <p role="alert" className={styles.refused}>
      {t(`passkey.${error.reason}`)}
    </p>
  );
}
