import { useTranslation } from "react-i18next";
import { Navigate } from "react-router";
import { usePerson } from "~/api/usePerson";
import { Mui } from "~/design/Mui";
import { ErrorMessage } from "~/ui/ErrorMessage";
import { Skeleton } from "~/ui/Loading";
import { Page } from "~/ui/Page";
import { Authenticator } from "./Authenticator";
import { ChangeEmail } from "./ChangeEmail";
import { ChangePassword } from "./ChangePassword";
import { Elsewhere } from "./Elsewhere";
import { Passkeys } from "./Passkeys";
import { RecoveryCodes } from "./RecoveryCodes";
import { useFactors } from "./useFactors";
import { useProfile } from "./useProfile";

/** How somebody signs in to their account, and what they show beside the password. */
export default function SecurityPage() {
  const { t } = useTranslation("account");
  const person = usePerson();
  if (person?.kind !== "account") return <Navigate to="/account" replace />;
  return (
    <Page title={t("security.title")} lead={t("security.lead")}>
      <Mui key={person.id}>
        <RoleNeedsFactor />
        <Passkeys />
        <Seconds />
        <ChangePassword />
        <ChangeEmail />
        <Elsewhere />
      </Mui>
    </Page>
  );
}

/** Roles count only with a second factor: who was given one learns what is missing. */
function RoleNeedsFactor() {
  const { t } = useTranslation("account");
  const roles = useProfile().data?.roles ?? [];
  const methods = useFactors().data?.methods;
  return roles.length > 0 && methods?.length === 0 ? <p role="note">{t("security.role")}</p> : null;
}

function Seconds() {
  const factors = useFactors();
  if (factors.isPending) return <Skeleton height="8rem" />;
  if (factors.isError) return <ErrorMessage error={factors.error} onRetry={() => void factors.refetch()} />;
  const { methods, recovery_codes: left } = factors.data;
  return (
    <>
      <Authenticator added={methods.includes("totp")} />
      {methods.length > 0 && <RecoveryCodes left={left} />}
    </>
  );
}
