import { useTranslation } from "react-i18next";
import { Button } from "~/ui/Button";
import { Page } from "~/ui/Page";
import { EmptyState } from "~/ui/EmptyState";

/** No page has this address. */
export function NotFound() {
  const { t } = useTranslation();
  return (
    <Page title={t("lost.title")} hideTitle>
      <EmptyState
        repeated
        icon="question"
        title={t("lost.title")}
        actions={
          <Button variant="contained" to="/">
            {t("trouble.home")}
          </Button>
        }
      >
        <p>{t("lost.sentence")}</p>
      </EmptyState>
    </Page>
  );
}
