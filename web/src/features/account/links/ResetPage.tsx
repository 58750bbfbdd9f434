import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, data } from "~/api/client";
import { PasswordField } from "../forms/fields";
import { LinkPage } from "./LinkPage";

/** Sets a new password by the link in a mail; signs nobody in. */
export default function ResetPage() {
  const { t } = useTranslation("account");
  const [password, setPassword] = useState("");
  return (
    <LinkPage
      title={t("reset.title")}
      question={t("reset.form")}
      note={t("reset.note")}
      submit={t("reset.submit")}
      act={async ({ token }) => {
        await data(api.POST("/api/v1/auth/reset-password", { body: { token, password } }));
        return t("reset.done");
      }}
    >
      <PasswordField kind="new-password" value={password} onChange={setPassword} />
    </LinkPage>
  );
}
