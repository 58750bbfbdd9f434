import { useMutation } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { Item } from "~/api/types";
import { Button } from "~/ui/Button";
import { toast } from "~/ui/toast";

/** Hands the answer on as a picture: to another app where the device can, else as a file. */
export function ShareButton({ item, picture }: Readonly<{ item: Item; picture: string | null }>) {
  const { t } = useTranslation("coach");
  const share = useMutation({
    mutationFn: async () => {
      const { makeCard, handOn } = await import("../share/share");
      const card = await makeCard(item, picture, { brand: t("share.brand"), tagline: t("share.tagline") });
      const category = item.disposal.category_name;
      return handOn(
        card,
        t("share.file", { name: item.name }),
        t("share.text", { name: item.name, category }),
      );
    },
    onSuccess: (how) => {
      if (how === "saved") toast({ text: t("share.saved") });
    },
    onError: () => {
      toast({ text: t("share.failed") });
    },
  });
  return (
    <div>
      <Button
        variant="outlined"
        tone="inherit"
        icon="share"
        busy={share.isPending}
        onClick={() => {
          share.mutate();
        }}
      >
        {t(share.isPending ? "share.making" : "share.button")}
      </Button>
    </div>
  );
}
