import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState, type SubmitEvent } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { describe } from "~/api/describe";
import { useFormat } from "~/i18n/format";
import { Button } from "~/ui/Button";
import { EmptyState } from "~/ui/EmptyState";
import { ErrorMessage } from "~/ui/ErrorMessage";
import { LinkList } from "~/ui/LinkList";
import { Skeleton } from "~/ui/Loading";
import { Page } from "~/ui/Page";
import { Sheet } from "~/ui/Sheet";
import { learns } from "../badge/badge";
import { useAttempt } from "../decks/DecksPage";
import { dayFromNow } from "./code";
import { listClasses, makeClass } from "./server";
import styles from "./class.module.css";

const TERM_DAYS = 120;
const LONGEST_TERM_DAYS = 365;

/** The classes that one teaches or is in. */
export default function ClassesPage() {
  const { t } = useTranslation("class");
  const { day } = useFormat();
  const [making, setMaking] = useState(false);
  const classes = useQuery({ queryKey: ["learn", "classes"], queryFn: listClasses });
  const make = () => {
    setMaking(true);
  };
  return (
    <Page title={t("title")} lead={t("lead")}>
      <div className={styles.ways}>
        <Button variant="contained" icon="people" to="/learn/class/join">
          {t("enter")}
        </Button>
        <Button variant="outlined" icon="plus" onClick={make}>
          {t("make.open")}
        </Button>
        <Button variant="outlined" icon="back" to="/learn">
          {t("today")}
        </Button>
      </div>
      {classes.isPending && <Skeleton height="9rem" />}
      {classes.isError && !classes.data && (
        <ErrorMessage error={classes.error} onRetry={() => void classes.refetch()} />
      )}
      {classes.data?.length === 0 && (
        <EmptyState icon="people" title={t("none")}>
          <p>{t("noneSentence")}</p>
        </EmptyState>
      )}
      {classes.data && classes.data.length > 0 && (
        <LinkList
          entries={classes.data.map(({ id, name, role, ends_on, pupils }) => ({
            icon: "people",
            title: name,
            text:
              role === "owner"
                ? t("taught", { count: pupils ?? 0, day: day(ends_on) })
                : t("until", { day: day(ends_on) }),
            to: `/learn/class/${id}`,
          }))}
        />
      )}
      {making && (
        <Make
          onClose={() => {
            setMaking(false);
          }}
        />
      )}
    </Page>
  );
}

function Make({ onClose }: Readonly<{ onClose: () => void }>) {
  const { t } = useTranslation("class");
  const navigate = useNavigate();
  const queries = useQueryClient();
  const [name, setName] = useState("");
  const [until, setUntil] = useState(() => dayFromNow(TERM_DAYS));
  const key = useAttempt();
  const make = useMutation({
    mutationFn: () => makeClass(name.trim(), until, key),
    onSuccess: ({ id }) => {
      learns();
      void queries.invalidateQueries({ queryKey: ["learn"] });
      void navigate(`/learn/class/${id}`);
    },
  });
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (!make.isPending && name.trim() && until) make.mutate();
  };
  return (
    <Sheet title={t("make.title")} onClose={onClose}>
      <form className={styles.form} onSubmit={submit}>
        <label className={styles.field}>
          {t("make.name")}
          <input
            value={name}
            required
            maxLength={60}
            autoComplete="off"
            onChange={(event) => {
              setName(event.target.value);
            }}
          />
        </label>
        <Until value={until} onChange={setUntil} />
        <p className={styles.note}>{t("make.note")}</p>
        {make.isError && (
          <p className={styles.refused} role="alert">
            {describe(make.error).sentence}
          </p>
        )}
        <Button type="submit" variant="contained" busy={make.isPending}>
          {t("make.make")}
        </Button>
      </form>
    </Sheet>
  );
}

/** The last day of a class. */
export function Until({ value, onChange }: Readonly<{ value: string; onChange: (day: string) => void }>) {
  const { t } = useTranslation("class");
  return (
    <label className={styles.field}>
      {t("make.until")}
      <input
        type="date"
        value={value}
        required
        min={dayFromNow(0)}
        max={dayFromNow(LONGEST_TERM_DAYS)}
        onChange={(event) => {
          onChange(event.target.value);
        }}
      />
    </label>
  );
}
