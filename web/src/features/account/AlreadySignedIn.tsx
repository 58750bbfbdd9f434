import { useTranslation } from "react-i18next";
import type { Person } from "~/api/types";
import { Button } from "~/ui/Button";
import { useNext } from "~/ui/comeBack";
import { EmptyState } from "~/ui/EmptyState";

/** In place of a form that is for who is not signed in to an account. */
export function AlreadySignedIn({ person }: Readonly<{ person: Person }>) {
  const { t } = useTranslation("account");
  const next = useNext();
  return (
    <EmptyState
      icon="check"
      title={t("already.title", { name: person.name })}
      actions={
        <Button variant="contained" to={next ?? "/account"}>
          {t(next ? "already.back" : "already.action")}
        </Button>
      }
    >
      <p>{t("already.sentence")}</p>
    </EmptyState>
  );
}
