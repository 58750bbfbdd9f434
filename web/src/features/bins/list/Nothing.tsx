import { useTranslation } from "react-i18next";
import { Button } from "~/ui/Button";
import { EmptyState } from "~/ui/EmptyState";
import type { Look } from "../useLook";

/** No list: there are no bins of these kinds, or none at all. */
export function Nothing({ look }: Readonly<{ look: Look }>) {
  const { t } = useTranslation("bins");
  if (!look.kinds.length) {
    return (
      <EmptyState icon="pin" title={t("empty.title")}>
        <p>{t("empty.sentence")}</p>
      </EmptyState>
    );
  }
  return (
    <EmptyState
      icon="pin"
      title={t("empty.kinds")}
      actions={
        <Button
          variant="contained"
          onClick={() => {
            look.setKinds([]);
          }}
        >
          {t("empty.all")}
        </Button>
      }
    />
  );
}
