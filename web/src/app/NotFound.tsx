import { useTranslation } from "react-i18next";
import { Button } from "~/ui/Button";
import { Page } from "~/ui/Page";
import { EmptyState } from "~/ui/EmptyState";

/** No page has this address. */
export function NotFound() {
  const { t } = useTranslation();
  return (
    <Page title={t("notFound.title")} hideTitle>
      <EmptyState
        repeated
        icon="question"
        title={t("notFound.title")}
        actions={
          <Button variant="contained" to="/">
            {t("errors.home")}
          </Button>
        }
      >
        <p>{t("notFound.sentence")}</p>
      </EmptyState>
    </Page>
  );
}
