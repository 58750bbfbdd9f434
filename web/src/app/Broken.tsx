import { useTranslation } from "react-i18next";
import { Page } from "~/ui/Page";
import { Trouble } from "~/ui/Trouble";

/** A page broke: a bug of ours, or a part of it that could not be fetched. The shell stands. */
export function Broken({ error }: Readonly<{ error: unknown }>) {
  const { t } = useTranslation();
  return (
    <Page title={t("trouble.broken")} hideTitle>
      <Trouble
        error={error}
        onRetry={() => {
          window.location.reload();
        }}
      />
    </Page>
  );
}
