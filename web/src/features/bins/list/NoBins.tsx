import { useTranslation } from "react-i18next";
import { Button } from "~/ui/Button";
import { EmptyState } from "~/ui/EmptyState";
import type { BinSearch } from "../useBinSearch";

/** No list: there are no bins of these kinds, or none at all. */
export function NoBins({ search }: Readonly<{ search: BinSearch }>) {
  const { t } = useTranslation("bins");
  if (!search.kinds.length) {
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
            search.setKinds([]);
          }}
        >
          {t("empty.all")}
        </Button>
      }
    />
  );
}
