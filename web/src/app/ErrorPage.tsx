import { useTranslation } from "react-i18next";
import { Page } from "~/ui/Page";
import { ErrorMessage } from "~/ui/ErrorMessage";

/** A page broke: a bug of ours, or a part of it that could not be fetched. The shell stands. */
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
