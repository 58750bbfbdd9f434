import { useMutation } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { describe } from "~/api/describe";
import type { Deck } from "~/api/types";
import { useFormat } from "~/i18n/format";
import { announce } from "~/ui/announce";
import { Button } from "~/ui/Button";
import { Section } from "~/ui/Section";
import { SelectField } from "~/ui/SelectField";
import { ProgressBar } from "../ProgressBar";
import { ENDINGS, formatOf, sendFile, type Target } from "./server";
import styles from "./transfer.module.css";

type Props = Readonly<{
  /** The id of the deck that somebody came from; null for none. */
  into: string | null;
  /** Those that may be written into. */
  decks: readonly Deck[];
  onSent: () => void;
}>;

/** What the list of places has besides decks. */
const AS_IN_FILE = "";
const NEW_DECK = "new";

/** Chooses a file and where its cards go, and sends it. Who leaves the page ends the sending. */
export function SendFile({ into, decks, onSent }: Props) {
  const { t } = useTranslation("transfer");
  const { bytes } = useFormat();
  const [file, setFile] = useState<Readonly<{ file: File; key: string }> | null>(null);
  const [place, setPlace] = useState(into ?? AS_IN_FILE);
  const [name, setName] = useState("");
  const [share, setShare] = useState<number | null>(null);
  const stop = useRef<AbortController | null>(null);
  const input = useRef<HTMLInputElement>(null);
  const choose = useRef<HTMLButtonElement>(null);
  useEffect(() => () => stop.current?.abort(), []);
  const format = file && formatOf(file.file);
  const send = useMutation({
    mutationFn: async () => {
      if (!file || !format) return;
      stop.current = new AbortController();
      setShare(0);
      const { signal } = stop.current;
      await sendFile({ ...file, format, target: targetOf(place, name), signal, onProgress: setShare });
    },
    onSuccess: () => {
      setFile(null);
      announce(t("sent"));
      onSent();
    },
    onError: (error) => {
      // What was cancelled is forgotten: the same file is another import.
      if (isAbort(error)) setFile((chosen) => chosen && { ...chosen, key: newKey() });
    },
    onSettled: () => {
      setShare(null);
      choose.current?.focus(); // the other buttons go
    },
  });
  const failed = send.isError && !isAbort(send.error);
  const busy = send.isPending;
  return (
    <Section title={t("file")} note={t("fileNote")}>
      <input
        ref={input}
        type="file"
        accept={ENDINGS}
        hidden
        aria-label={t("choose")}
        onChange={({ target }) => {
          const [chosen] = target.files ?? [];
          if (chosen) setFile({ file: chosen, key: newKey() });
          send.reset();
          target.value = ""; // the same file may be chosen again
        }}
      />
      <div className={styles.actions}>
        <Button
          ref={choose}
          variant={file ? "outlined" : "contained"}
          icon="upload"
          busy={busy}
          onClick={() => input.current?.click()}
        >
          {t(file ? "another" : "choose")}
        </Button>
        {file && (
          <span className={styles.name}>
            {file.file.name} · {bytes(file.file.size)}
          </span>
        )}
      </div>
      {file && !format && (
        <p className={styles.refused} role="alert">
          {t("unknown")}
        </p>
      )}
      {file && format && (
        <>
          <SelectField label={t("place")}>
            <select
              value={place}
              disabled={busy}
              onChange={({ target }) => {
                setPlace(target.value);
              }}
            >
              <option value={AS_IN_FILE}>{t("asInFile")}</option>
              <option value={NEW_DECK}>{t("newDeck")}</option>
              {decks.map(({ id, name: called }) => (
                <option key={id} value={id}>
                  {called}
                </option>
              ))}
            </select>
          </SelectField>
          {place === NEW_DECK && (
            <label className={styles.field}>
              {t("deckName")}
              <input
                value={name}
                maxLength={80}
                autoComplete="off"
                disabled={busy}
                onChange={({ target }) => {
                  setName(target.value);
                }}
              />
            </label>
          )}
          {failed && (
            <p className={styles.refused} role="alert">
              {describe(send.error).sentence}
            </p>
          )}
          {share !== null && (
            <div className={styles.progress}>
              <p>{t("sending")}</p>
              <ProgressBar label={t("sending")} value={share} max={1} />
            </div>
          )}
          <div className={styles.actions}>
            <Button
              variant="contained"
              busy={busy}
              disabled={place === NEW_DECK && !name.trim()}
              onClick={() => {
                send.mutate();
              }}
            >
              {t(failed ? "again" : "bring")}
            </Button>
            {busy && (
              <Button
                onClick={() => {
                  stop.current?.abort();
                }}
              >
                {t("cancel")}
              </Button>
            )}
          </div>
        </>
      )}
    </Section>
  );
}

function targetOf(place: string, name: string): Target {
  if (place === AS_IN_FILE) return {};
  return place === NEW_DECK ? { deck_name: name.trim() } : { deck_id: place };
}

const newKey = () => `${Date.now()}.${Math.random()}`;

function isAbort(error: unknown): boolean {
  return error instanceof DOMException && error.name === "AbortError";
}
