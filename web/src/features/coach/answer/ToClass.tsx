import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { describe } from "~/api/describe";
import { Button } from "~/ui/Button";
import { Chip } from "~/ui/Chip";
import { toast } from "~/ui/toast";

type Props = Readonly<{ jobId: string; index: number }>;

/** Sends an item of a scan to one's class, where its teacher decides whether everybody gets it as a card. */
export function ToClass({ jobId, index }: Props) {
  const { t } = useTranslation("coach");
  const [choosing, setChoosing] = useState(false);
  const classes = useQuery({
    queryKey: ["learn", "classes"],
    queryFn: async () => (await import("~/features/learn/class/server")).listClasses(),
  });
  const send = useMutation({
    mutationFn: async (classId: string) => {
      const { suggest } = await import("~/features/learn/class/server");
      await suggest(classId, jobId, index);
    },
    onSuccess: () => {
      toast({ text: t("card.sent") });
    },
    onError: (error) => {
      toast({ text: describe(error).sentence });
    },
  });
  const [first, ...others] = classes.data ?? [];
  if (!first) return null;
  if (choosing)
    return (
      <div role="group" aria-label={t("card.whichClass")}>
        <p>{t("card.whichClass")}</p>
        {[first, ...others].map(({ id, name }) => (
          <Chip
            key={id}
            onClick={() => {
              setChoosing(false);
              send.mutate(id);
            }}
          >
            {name}
          </Chip>
        ))}
      </div>
    );
  return (
    <div>
      <Button
        variant="outlined"
        tone="inherit"
        icon={send.isSuccess ? "check" : "people"}
        busy={send.isPending}
        onClick={() => {
          if (others.length > 0) setChoosing(true);
          else send.mutate(first.id);
        }}
      >
        {t(send.isSuccess ? "card.sentAlready" : "card.toClass")}
      </Button>
    </div>
  );
}
