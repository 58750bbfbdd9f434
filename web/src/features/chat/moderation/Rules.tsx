import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState, type SubmitEvent } from "react";
import { useTranslation } from "react-i18next";
import type { Room, RoomChange } from "~/api/types";
import { Button } from "~/ui/Button";
import { ErrorMessage } from "~/ui/ErrorMessage";
import { Skeleton } from "~/ui/Loading";
import { Section } from "~/ui/Section";
import { SelectField } from "~/ui/SelectField";
import { toast } from "~/ui/toast";
import { Refused } from "../Refused";
import { learn, now } from "../store/rooms";
import { changeRoom } from "../store/server";
import { setWords, wordsOf } from "./server";
import forms from "../form.module.css";
import styles from "./moderation.module.css";

const SLOW = [0, 5, 30, 60, 300, 3600] as const;
const KEPT = [1, 7, 30, 90, 365] as const;

/** How a room is spoken in: how often, at which hours, how long it is kept, and without which words. */
export function Rules({ room }: Readonly<{ room: Room }>) {
  return (
    <>
      <Speaking room={room} />
      <RefusedWords room={room._id} />
    </>
  );
}

/** `22:00:00` → `22:00` */
const hour = (time: string | null) => time?.slice(0, 5) ?? "";

function Speaking({ room }: Readonly<{ room: Room }>) {
  const { t } = useTranslation("moderation");
  const [slow, setSlow] = useState<number>(room.slowSeconds);
  const [from, setFrom] = useState(hour(room.quietFrom));
  const [until, setUntil] = useState(hour(room.quietUntil));
  const [days, setDays] = useState<number | null>(room.keepDays);
  const change = useMutation({
    mutationFn: (said: RoomChange) => changeRoom(room._id, said),
    onSuccess: (changed) => {
      learn([changed], now());
      toast({ text: t("rules.saved") });
    },
  });
  const half = (from === "") !== (until === "");
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (half || change.isPending) return;
    change.mutate({ slow_s: slow, quiet_from: from || null, quiet_until: until || null, keep_days: days });
  };
  const slows = [...new Set([...SLOW, room.slowSeconds])].sort((a, b) => a - b);
  const kept = [...new Set([...KEPT, ...(room.keepDays ? [room.keepDays] : [])])].sort((a, b) => a - b);
  return (
    <Section title={t("rules.title")}>
      <form className={forms.form} onSubmit={submit}>
        <SelectField label={t("rules.slow")}>
          <select
            value={slow}
            onChange={(event) => {
              setSlow(Number(event.target.value));
            }}
          >
            {slows.map((seconds) => (
              <option key={seconds} value={seconds}>
                {seconds === 0 ? t("rules.notSlow") : t("rules.seconds", { count: seconds })}
              </option>
            ))}
          </select>
        </SelectField>
        <fieldset className={styles.hours}>
          <legend>{t("rules.quiet")}</legend>
          <label>
            {t("rules.from")}
            <input
              type="time"
              value={from}
              onChange={(event) => {
                setFrom(event.target.value);
              }}
            />
          </label>
          <label>
            {t("rules.until")}
            <input
              type="time"
              value={until}
              onChange={(event) => {
                setUntil(event.target.value);
              }}
            />
          </label>
          <p className={styles.quiet}>{t(half ? "rules.half" : "rules.quietNote")}</p>
        </fieldset>
        <SelectField label={t("rules.keep")}>
          <select
            value={days ?? ""}
            onChange={(event) => {
              setDays(event.target.value ? Number(event.target.value) : null);
            }}
          >
            <option value="">{t("rules.forEver")}</option>
            {kept.map((count) => (
              <option key={count} value={count}>
                {t("rules.days", { count })}
              </option>
            ))}
          </select>
        </SelectField>
        {days !== null && days !== room.keepDays && <p className={forms.warning}>{t("rules.keepNote")}</p>}
        {change.isError && <Refused error={change.error} />}
        <div>
          <Button type="submit" variant="contained" busy={change.isPending}>
            {t("rules.save")}
          </Button>
        </div>
      </form>
    </Section>
  );
}

function RefusedWords({ room }: Readonly<{ room: string }>) {
  const { t } = useTranslation("moderation");
  const query = useQuery({
    queryKey: ["chat", "words", room],
    queryFn: () => wordsOf(room),
    staleTime: Infinity,
  });
  return (
    <Section title={t("words.title")} note={t("words.note")}>
      {query.isPending && <Skeleton height="8rem" />}
      {query.isError && <ErrorMessage error={query.error} onRetry={() => void query.refetch()} />}
      {query.data && <WordsForm room={room} words={query.data} />}
    </Section>
  );
}

function WordsForm({ room, words }: Readonly<{ room: string; words: readonly string[] }>) {
  const { t } = useTranslation("moderation");
  const queries = useQueryClient();
  const [text, setText] = useState(words.join("\n"));
  const save = useMutation({
    mutationFn: () =>
      setWords(
        room,
        text
          .split("\n")
          .map((word) => word.trim())
          .filter(Boolean),
      ),
    onSuccess: (kept) => {
      queries.setQueryData(["chat", "words", room], kept);
      setText(kept.join("\n"));
      toast({ text: t("words.saved") });
    },
  });
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (!save.isPending) save.mutate();
  };
  return (
    <form className={forms.form} onSubmit={submit}>
      <label className={forms.field}>
        {t("words.label")}
        <textarea
          value={text}
          rows={5}
          autoComplete="off"
          spellCheck={false}
          onChange={(event) => {
            setText(event.target.value);
          }}
        />
      </label>
      {save.isError && <Refused error={save.error} />}
      <div>
        <Button type="submit" variant="contained" busy={save.isPending}>
          {t("words.save")}
        </Button>
      </div>
    </form>
  );
}
