import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, data } from "~/api/client";
import { digits } from "../forms/digits";
import { CodeField } from "../forms/fields";
import { LinkPage } from "./LinkPage";

/** Puts the old address of an account back. */
export default function UndoEmailPage() {
  const { t } = useTranslation("account");
  const [code, setCode] = useState("");
  return (
    <LinkPage
      title={t("undo.title")}
      question={t("undo.form")}
      note={t("undo.note")}
      submit={t("undo.submit")}
      act={async ({ token }) => {
        await data(api.POST("/api/v1/auth/undo-email", { body: { token, code: digits(code) } }));
        return t("undo.done");
      }}
    >
      <CodeField value={code} onChange={setCode} />
    </LinkPage>
  );
}
