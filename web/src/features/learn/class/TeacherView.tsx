import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState, type SubmitEvent } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { describe } from "~/api/describe";
import type { SchoolClass } from "~/api/types";
import { usePerson } from "~/api/usePerson";
import { useFormat } from "~/i18n/format";
import { Button } from "~/ui/Button";
import { Section } from "~/ui/Section";
import { Sheet } from "~/ui/Sheet";
import { handOn } from "~/ui/sharing/handOn";
import { QrCode } from "~/ui/sharing/QrCode";
import { toast } from "~/ui/toast";
import { useConfirmation } from "~/ui/useConfirmation";
import { getDeck } from "../decks/server";
import { Until } from "./ClassesPage";
import { addressOf } from "./code";
import { EnterRoom } from "./EnterRoom";
import { Handover } from "./Handover";
import { Progress } from "./Progress";
import { changeClass, leaveClass } from "./server";
import { Suggestions } from "./Suggestions";
import styles from "./class.module.css";

type Props = Readonly<{ one: SchoolClass }>;

/** A class for its teacher: its code, what waits, its cards and room, how the pupils do, and its end. */
export function TeacherView({ one }: Props) {
  const { t } = useTranslation("class");
  const { day } = useFormat();
  const isGuest = usePerson()?.kind === "guest";
  return (
    <>
      <p className={styles.note}>{t("taught", { count: one.pupils ?? 0, day: day(one.ends_on) })}</p>
      <Code one={one} />
      {Boolean(one.waiting) && <Suggestions one={one} />}
      <Cards one={one} />
      <Section title={t("room.title")} note={t("room.teacher")}>
        <EnterRoom one={one} />
      </Section>
      <Progress one={one} />
      <Handover one={one} />
      <Term one={one} />
      {isGuest && (
        <p className={styles.note}>
          {t("guest.sentence")} <Button to="/account/register">{t("guest.account")}</Button>
        </p>
      )}
    </>
  );
}

/** Large, to be read from the blackboard. */
function Code({ one }: Props) {
  const { t } = useTranslation("class");
  const queries = useQueryClient();
  const { asking, setAsking, question, trigger } = useConfirmation();
  const code = one.code ?? "";
  const address = addressOf(code);
  const renew = useMutation({
    mutationFn: () => changeClass(one.id, { new_code: true }),
    onSuccess: (changed) => {
      queries.setQueryData(["learn", "classes", one.id], changed);
      toast({ text: t("code.renewed") });
      setAsking(false);
    },
  });
  return (
    <Section title={t("code.title")} note={t("code.note")}>
      <div className={styles.entry}>
        <QrCode text={address} label={t("code.qr")} />
        <div className={styles.form}>
          <p className={styles.code}>{code}</p>
          <div className={styles.ways}>
            <Button
              variant="contained"
              icon="share"
              onClick={() => void handOn(address, one.name, () => toast({ text: t("code.copied") }))}
            >
              {t("code.send")}
            </Button>
            {!asking && (
              <Button
                icon="retry"
                ref={trigger}
                onClick={() => {
                  setAsking(true);
                }}
              >
                {t("code.renew")}
              </Button>
            )}
          </div>
        </div>
      </div>
      {asking && (
        <div ref={question} tabIndex={-1} className={styles.form} role="group" aria-label={t("code.renew")}>
          <p>{t("code.question")}</p>
          {renew.isError && (
            <p className={styles.refused} role="alert">
              {describe(renew.error).sentence}
            </p>
          )}
          <div className={styles.ways}>
            <Button
              variant="outlined"
              busy={renew.isPending}
              onClick={() => {
                renew.mutate();
              }}
            >
              {t("code.yes")}
            </Button>
            <Button
              onClick={() => {
                setAsking(false);
              }}
            >
              {t("keep")}
            </Button>
          </div>
        </div>
      )}
    </Section>
  );
}

function Cards({ one }: Props) {
  const { t } = useTranslation("class");
  const deck = useQuery({ queryKey: ["learn", "decks", one.deck_id], queryFn: () => getDeck(one.deck_id) });
  return (
    <Section title={t("cards.title", { count: deck.data?.cards ?? 0 })} note={t("cards.note")}>
      <div className={styles.ways}>
        <Button variant="outlined" icon="book" to={`/learn/decks/${one.deck_id}`}>
          {t("cards.open")}
        </Button>
        <Button variant="outlined" icon="edit" to={`/learn/decks/${one.deck_id}/new`}>
          {t("cards.write")}
        </Button>
      </div>
    </Section>
  );
}

/** Its last day, and its end before that. */
function Term({ one }: Props) {
  const { t } = useTranslation("class");
  const { day } = useFormat();
  const queries = useQueryClient();
  const [until, setUntil] = useState(one.ends_on);
  const [ending, setEnding] = useState(false);
  const change = useMutation({
    mutationFn: () => changeClass(one.id, { ends_on: until }),
    onSuccess: (changed) => {
      queries.setQueryData(["learn", "classes", one.id], changed);
      toast({ text: t("term.changed") });
    },
  });
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (!change.isPending && until) change.mutate();
  };
  return (
    <Section title={t("term.title")} note={t("term.note", { day: day(one.ends_on) })}>
      <form className={styles.form} onSubmit={submit}>
        <Until value={until} onChange={setUntil} />
        {change.isError && (
          <p className={styles.refused} role="alert">
            {describe(change.error).sentence}
          </p>
        )}
        <div className={styles.ways}>
          <Button type="submit" variant="outlined" busy={change.isPending}>
            {t("term.save")}
          </Button>
          <Button
            tone="bad"
            icon="trash"
            onClick={() => {
              setEnding(true);
            }}
          >
            {t("term.end")}
          </Button>
        </div>
      </form>
      {ending && (
        <End
          one={one}
          onClose={() => {
            setEnding(false);
          }}
        />
      )}
    </Section>
  );
}

function End({ one, onClose }: Props & Readonly<{ onClose: () => void }>) {
  const { t } = useTranslation("class");
  const navigate = useNavigate();
  const queries = useQueryClient();
  const end = useMutation({
    mutationFn: () => leaveClass(one.id),
    onSuccess: () => {
      toast({ text: t("term.ended") });
      void navigate("/learn/class", { replace: true });
      // The page that is left shall not ask for what is gone; the next one asks.
      void queries.invalidateQueries({ queryKey: ["learn"], refetchType: "none" });
    },
  });
  return (
    <Sheet title={t("term.question", { name: one.name })} onClose={onClose}>
      <div className={styles.form}>
        <p>{t("term.erased", { count: one.pupils ?? 0 })}</p>
        <p>{t("term.tableFirst")}</p>
        {end.isError && (
          <p className={styles.refused} role="alert">
            {describe(end.error).sentence}
          </p>
        )}
        <div className={styles.ways}>
          <Button
            variant="contained"
            tone="bad"
            busy={end.isPending}
            onClick={() => {
              end.mutate();
            }}
          >
            {t("term.endNow")}
          </Button>
          <Button onClick={onClose}>{t("keep")}</Button>
        </div>
      </div>
    </Sheet>
  );
}
