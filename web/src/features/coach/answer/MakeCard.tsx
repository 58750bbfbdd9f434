import { useMutation } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { describe } from "~/api/describe";
import { Button } from "~/ui/Button";
import { toast } from "~/ui/toast";

/** Makes a card of an item of a scan: the person's own picture asks, the rule answers. Once more is the same card. */
export function MakeCard({ jobId, index }: Readonly<{ jobId: string; index: number }>) {
  const { t } = useTranslation("coach");
  const make = useMutation({
    mutationFn: async () => {
      const { makeCard } = await import("~/features/learn/fromScan");
      return makeCard(jobId, index);
    },
    onSuccess: () => {
      toast({ text: t("card.made") });
    },
    onError: (error) => {
      toast({ text: describe(error).sentence });
    },
  });
  if (make.data)
    return (
      <div>
        <Button variant="outlined" tone="inherit" icon="check" to={`/learn/cards/${make.data.id}`}>
          {t("card.look")}
        </Button>
      </div>
    );
  return (
    <div>
      <Button
        variant="outlined"
        tone="inherit"
        icon="cards"
        busy={make.isPending}
        onClick={() => {
          make.mutate();
        }}
      >
        {t("card.make")}
      </Button>
    </div>
  );
}
