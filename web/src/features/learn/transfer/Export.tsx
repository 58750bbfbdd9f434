import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { describe } from "~/api/describe";
import type { Deck, DeckExportFormat } from "~/api/types";
import { useFormat } from "~/i18n/format";
import { Button } from "~/ui/Button";
import { Choices } from "~/ui/Choices";
import { ErrorMessage } from "~/ui/ErrorMessage";
import { ProgressBar } from "../ProgressBar";
import { askForExport, getExport, isOpen } from "./server";
import styles from "./transfer.module.css";

const FORMATS = ["apkg", "csv", "json"] as const satisfies readonly DeckExportFormat[];
const POLL_MS = 1_000;

/** Takes a deck away as a file: asked for, being made, ready to be fetched. */
export function Export({ deck }: Readonly<{ deck: Deck }>) {
  const { t } = useTranslation("transfer");
  const [format, setFormat] = useState<DeckExportFormat>("apkg");
  const [key] = useState(() => `${Date.now()}.${Math.random()}`);
  const ask = useMutation({ mutationFn: () => askForExport(deck.id, format, `${key}.${format}`) });
  const id = ask.data?.id;
  const made = useQuery({
    queryKey: ["learn", "exports", id],
    queryFn: () => getExport(id ?? ""),
    enabled: id !== undefined,
    staleTime: 0,
    refetchInterval: ({ state }) => (state.data && !isOpen(state.data) ? false : POLL_MS),
  });
  const asked = made.data ?? ask.data;
  return (
    <div className={styles.export}>
      <Choices
        label={t("format.title")}
        value={format}
        choices={FORMATS.map((value) => ({ value, label: t(`format.${value}`) }))}
        onChange={(chosen) => {
          setFormat(chosen);
          ask.reset();
        }}
      />
      <p className={styles.note}>{t(`formatNote.${format}`)}</p>
      {ask.isError && (
        <p className={styles.refused} role="alert">
          {describe(ask.error).sentence}
        </p>
      )}
      {made.isError && !made.data && <ErrorMessage error={made.error} onRetry={() => void made.refetch()} />}
      {asked?.state === "failed" && (
        <p className={styles.refused} role="alert">
          {asked.message}
        </p>
      )}
      {asked && isOpen(asked) && (
        <div className={styles.progress}>
          <p>{t("makingFile")}</p>
          <ProgressBar label={t("makingFile")} value={asked.progress} max={100} />
        </div>
      )}
      {asked?.state === "done" && asked.download_url ? (
        <Ready size={asked.size ?? 0} until={asked.expires_at} url={asked.download_url} />
      ) : (
        <Button
          variant="contained"
          icon="download"
          busy={ask.isPending || (asked !== undefined && isOpen(asked))}
          onClick={() => {
            ask.mutate();
          }}
        >
          {t("makeFile")}
        </Button>
      )}
    </div>
  );
}

type ReadyProps = Readonly<{ size: number; until: string | null; url: string }>;

function Ready({ size, until, url }: ReadyProps) {
  const { t } = useTranslation("transfer");
  const { bytes, moment } = useFormat();
  return (
    <>
      <Button variant="contained" icon="download" href={url} download>
        {t("fetch", { size: bytes(size) })}
      </Button>
      {until && (
        <p className={styles.note} role="status">
          {t("until", { moment: moment(until) })}
        </p>
      )}
    </>
  );
}
