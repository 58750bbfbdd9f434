import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { useSearchParams } from "react-router";
import { Button } from "~/ui/Button";
import { ErrorMessage } from "~/ui/ErrorMessage";
import { Page } from "~/ui/Page";
import { Section } from "~/ui/Section";
import { learns } from "../badge/badge";
import { listDecks } from "../decks/server";
import { Imported } from "./Imported";
import { isOpen, listImports } from "./server";
import { SendFile } from "./SendFile";

const POLL_MS = 1_000;

/** Brings cards along in a file: sent here, read by the server, with a report of what could not be kept. */
export default function ImportPage() {
  const { t } = useTranslation("transfer");
  const [search] = useSearchParams();
  const imports = useImports();
  const decks = useQuery({ queryKey: ["learn", "decks"], queryFn: listDecks });
  const shown = (imports.data ?? []).filter(({ state }) => state !== "created");
  return (
    <Page title={t("title")} lead={t("lead")}>
      <p>
        <Button icon="back" to="/learn/decks">
          {t("decks")}
        </Button>
      </p>
      <SendFile
        into={search.get("deck")}
        decks={(decks.data ?? []).filter(({ role }) => role !== "learner")}
        onSent={() => void imports.refetch()}
      />
      {imports.isError && !imports.data && (
        <ErrorMessage error={imports.error} onRetry={() => void imports.refetch()} />
      )}
      {shown.length > 0 && (
        <Section title={t("imports")} note={t("importsNote")}>
          {shown.map((one) => (
            <Imported key={one.id} one={one} decks={decks.data ?? []} />
          ))}
        </Section>
      )}
    </Page>
  );
}

/** What was brought along, followed while the server works on some of it. */
function useImports() {
  const queries = useQueryClient();
  const query = useQuery({
    queryKey: ["learn", "imports"],
    queryFn: listImports,
    staleTime: 0,
    refetchInterval: ({ state }) => (state.data?.some(isOpen) ? POLL_MS : false),
  });
  const open = query.data?.filter(isOpen).length ?? 0;
  const before = useRef(open);
  useEffect(() => {
    if (open < before.current) {
      learns();
      for (const key of ["decks", "cards", "due", "stats"])
        void queries.invalidateQueries({ queryKey: ["learn", key] });
    }
    before.current = open;
  }, [open, queries]);
  return query;
}
