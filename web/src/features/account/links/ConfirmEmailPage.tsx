import { useTranslation } from "react-i18next";
import { api, data } from "~/api/client";
import { LinkPage } from "./LinkPage";

/** Confirms the new address of an account. */
export default function ConfirmEmailPage() {
  const { t } = useTranslation("account");
  return (
    <LinkPage
      title={t("confirmEmail.title")}
      question={t("confirmEmail.form")}
      note={t("confirmEmail.note")}
      submit={t("confirm.submit")}
      act={async (body) => {
        await data(api.POST("/api/v1/auth/confirm-email", { body }));
        return t("email.changed");
      }}
    />
  );
}
