import { useQuery } from "@tanstack/react-query";
import { useId } from "react";
import { useTranslation } from "react-i18next";
import { api, data } from "~/api/client";
import type { AnswerIn } from "~/api/types";
import { WordSearch } from "~/features/search/WordSearch";
import { Button } from "~/ui/Button";
import { KindButtons } from "./KindButtons";
import { ReplyError } from "./ReplyError";
import styles from "./answer.module.css";

type Props = Readonly<{
  pending: boolean;
  error: unknown;
  onDetails: (said: Pick<AnswerIn, "value"> | Pick<AnswerIn, "text">) => void;
  onBack: () => void;
}>;

/** What it really is: in words, with suggestions, or as one of the kinds that everything is one of. */
export function AddDetails({ pending, error, onDetails, onBack }: Props) {
  const { t } = useTranslation("coach");
  const kinds = useKinds();
  const id = useId();
  const pick = (value: string) => {
    onDetails({ value });
  };
  return (
    <section aria-labelledby={id} aria-busy={pending} className={styles.ask}>
      <h2 id={id} className={styles.question}>
        {t("details.title")}
      </h2>
      <WordSearch
        label={t("details.label")}
        showLabel
        focused
        onPick={({ item }) => {
          pick(item);
        }}
        onWords={(text) => {
          onDetails({ text });
        }}
      />
      <ReplyError error={error} />
      <KindButtons
        title={t("details.kinds")}
        kinds={kinds.filter(({ hazard }) => !hazard)}
        pending={pending}
        onPick={pick}
      />
      <KindButtons
        title={t("answer.hazards")}
        kinds={kinds.filter(({ hazard }) => hazard)}
        hazards
        pending={pending}
        onPick={pick}
      />
      <Button variant="text" tone="inherit" onClick={onBack}>
        {t("details.back")}
      </Button>
    </section>
  );
}

function useKinds() {
  const { i18n } = useTranslation();
  const found = useQuery({
    queryKey: ["kinds", i18n.language],
    queryFn: ({ signal }) => data(api.GET("/api/v1/recycling/kinds", { signal })),
    staleTime: 60 * 60_000,
  });
  return (found.data ?? []).map(({ value, name, hazard }) => ({ value, label: name, hazard }));
}
