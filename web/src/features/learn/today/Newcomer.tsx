import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api, data } from "~/api/client";
import { describe } from "~/api/describe";
import { Button } from "~/ui/Button";
import { EmptyState } from "~/ui/EmptyState";
import { learns } from "../badge/badge";
import styles from "./today.module.css";

/** For who learns nothing yet: the two decks that are made from the rules of where they live, or a card of their own. */
export function Newcomer() {
  const { t } = useTranslation("learn");
  const queries = useQueryClient();
  const begin = useMutation({
    mutationFn: () =>
      data(api.POST("/api/v1/learning/starter", { body: { kinds: ["everyday", "hazards"] } })),
    onSuccess: () => {
      learns();
      void queries.invalidateQueries({ queryKey: ["learn"] });
    },
  });
  return (
    <EmptyState
      icon="cards"
      title={t("newcomer.title")}
      actions={
        <>
          <Button
            variant="contained"
            icon="cards"
            busy={begin.isPending}
            onClick={() => {
              begin.mutate();
            }}
          >
            {t("newcomer.begin")}
          </Button>
          <Button variant="outlined" icon="edit" to="/learn/decks/first/new">
            {t("newcomer.write")}
          </Button>
        </>
      }
    >
      <p>{t("newcomer.sentence")}</p>
      <ul className={styles.starters}>
        <li>{t("newcomer.everyday")}</li>
        <li>{t("newcomer.hazards")}</li>
      </ul>
      {begin.isError && <p role="alert">{describe(begin.error).sentence}</p>}
    </EmptyState>
  );
}
