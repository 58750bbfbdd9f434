import { useTranslation } from "react-i18next";
import { Button } from "~/ui/Button";
import { EmptyState } from "~/ui/EmptyState";

/** In place of what is about the things of a person, where nobody is signed in. */
export function NothingKept() {
  const { t } = useTranslation("account");
  return (
    <EmptyState
      icon="person"
      title={t("nothing.title")}
      actions={
        <Button variant="contained" to="/account/sign-in">
          {t("signIn.title")}
        </Button>
      }
    >
      <p>{t("nothing.sentence")}</p>
    </EmptyState>
  );
}
