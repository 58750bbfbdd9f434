import { useTranslation } from "react-i18next";
import { signIn } from "~/api/session";
import { useSignedIn } from "../forms/useSignedIn";
import { LinkPage } from "./LinkPage";

/** Confirms the address of a new account. */
export default function ConfirmPage() {
  const { t } = useTranslation("account");
  const signedIn = useSignedIn();
  return (
    <LinkPage
      title={t("confirm.title")}
      question={t("confirm.form")}
      note={t("confirm.note")}
      submit={t("confirm.submit")}
      act={async (body) => {
        if (!(await signIn("/api/v1/auth/verify-email", body))) return t("confirm.elsewhereDone");
        signedIn();
        return null;
      }}
    />
  );
}
