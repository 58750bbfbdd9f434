import { useTranslation } from "react-i18next";
import { Page } from "~/ui/Page";
import { ErrorMessage } from "~/ui/ErrorMessage";

/** In place of a page that threw an error: a bug, or code that could not be fetched. The shell goes on working. */
export function ErrorPage({ error }: Readonly<{ error: unknown }>) {
  const { t } = useTranslation();
  return (
    <Page title={t("errors.page")} hideTitle>
      <ErrorMessage
        error={error}
        onRetry={() => {
          window.location.reload();
        }}
      />
    </Page>
  );
}
