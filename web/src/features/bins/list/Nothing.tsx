import { useTranslation } from "react-i18next";
import { Button } from "~/ui/Button";
import { Empty } from "~/ui/Empty";
import type { Look } from "../useLook";

/** No list: there are no bins of these kinds, or none at all. */
export function Nothing({ look }: Readonly<{ look: Look }>) {
  const { t } = useTranslation("bins");
  if (!look.kinds.length) {
    return (
      <Empty icon="pin" title={t("empty.title")}>
        <p>{t("empty.sentence")}</p>
      </Empty>
    );
  }
  return (
    <Empty
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
