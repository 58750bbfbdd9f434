import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { describe } from "~/api/describe";
import type { SchoolClass } from "~/api/types";
import { useFormat } from "~/i18n/format";
import { Button } from "~/ui/Button";
import { Skeleton } from "~/ui/Loading";
import { Section } from "~/ui/Section";
import { useConfirmation } from "~/ui/useConfirmation";
import { fetchDue } from "../due";
import { total } from "../review/session";
import { EnterRoom } from "./EnterRoom";
import { leaveClass } from "./server";
import styles from "./class.module.css";

/** A class for a pupil: what is due, its cards, its room. */
export function PupilView({ one }: Readonly<{ one: SchoolClass }>) {
  const { t } = useTranslation("class");
  const { day } = useFormat();
  return (
    <>
      <p className={styles.note}>{t("pupil.as", { name: one.nickname, day: day(one.ends_on) })}</p>
      <Due deck={one.deck_id} />
      <Section title={t("suggest.title")} note={t("suggest.note")}>
        <div className={styles.ways}>
          <Button variant="outlined" icon="camera" to="/">
            {t("suggest.scan")}
          </Button>
        </div>
      </Section>
      {one.room_id && (
        <Section title={t("room.title")} note={t("room.pupil", { name: one.nickname })}>
          <EnterRoom one={one} />
        </Section>
      )}
      <Leave one={one} />
    </>
  );
}

function Due({ deck }: Readonly<{ deck: string }>) {
  const { t } = useTranslation("class");
  const due = useQuery({
    queryKey: ["learn", "due", deck],
    queryFn: ({ signal }) => fetchDue(signal, deck),
    staleTime: 0,
  });
  const count = due.data ? total(due.data.value.counts) : 0;
  if (due.isPending) return <Skeleton height="9rem" />;
  return (
    <Section title={count > 0 ? t("due.some", { count }) : t("due.none")}>
      <div className={styles.ways}>
        {count > 0 && (
          <Button variant="contained" icon="cards" to={`/learn/review?deck=${deck}`}>
            {t("due.begin")}
          </Button>
        )}
        <Button variant="outlined" icon="book" to={`/learn/decks/${deck}`}>
          {t("cards.open")}
        </Button>
      </div>
    </Section>
  );
}

function Leave({ one }: Readonly<{ one: SchoolClass }>) {
  const { t } = useTranslation("class");
  const navigate = useNavigate();
  const queries = useQueryClient();
  const { asking, setAsking, question, trigger } = useConfirmation();
  const leave = useMutation({
    mutationFn: () => leaveClass(one.id),
    onSuccess: () => {
      void navigate("/learn/class", { replace: true });
      // The page that is left shall not ask for what is gone; the next one asks.
      void queries.invalidateQueries({ queryKey: ["learn"], refetchType: "none" });
    },
  });
  if (!asking)
    return (
      <div>
        <Button
          tone="bad"
          icon="leave"
          ref={trigger}
          onClick={() => {
            setAsking(true);
          }}
        >
          {t("leave.open")}
        </Button>
      </div>
    );
  return (
    <div ref={question} tabIndex={-1} className={styles.form} role="group" aria-label={t("leave.open")}>
      <p>{t("leave.question")}</p>
      {leave.isError && (
        <p className={styles.refused} role="alert">
          {describe(leave.error).sentence}
        </p>
      )}
      <div className={styles.ways}>
        <Button
          variant="contained"
          tone="bad"
          busy={leave.isPending}
          onClick={() => {
            leave.mutate();
          }}
        >
          {t("leave.leave")}
        </Button>
        <Button
          onClick={() => {
            setAsking(false);
          }}
        >
          {t("leave.stay")}
        </Button>
      </div>
    </div>
  );
}
