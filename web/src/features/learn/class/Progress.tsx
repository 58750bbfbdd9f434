import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { describe } from "~/api/describe";
import type { Pupil, SchoolClass } from "~/api/types";
import { useFormat } from "~/i18n/format";
import { Button } from "~/ui/Button";
import { ErrorMessage } from "~/ui/ErrorMessage";
import { Skeleton } from "~/ui/Loading";
import { Section } from "~/ui/Section";
import { useConfirmation } from "~/ui/useConfirmation";
import { fetchTable, listPupils, removePupil } from "./server";
import styles from "./class.module.css";

/** How each pupil does, by nickname. */
export function Progress({ one }: Readonly<{ one: SchoolClass }>) {
  const { t } = useTranslation("class");
  const pupils = useQuery({
    queryKey: ["learn", "classes", one.id, "pupils"],
    queryFn: () => listPupils(one.id),
    staleTime: 0,
  });
  const table = useMutation({
    mutationFn: () => fetchTable(one.id),
    onSuccess: (blob) => {
      download(blob, `${one.name}.csv`);
    },
  });
  return (
    <Section title={t("progress.title")} note={t("progress.note")}>
      {pupils.isPending && <Skeleton height="9rem" />}
      {pupils.isError && !pupils.data && (
        <ErrorMessage error={pupils.error} onRetry={() => void pupils.refetch()} />
      )}
      {pupils.data?.length === 0 && <p>{t("progress.none")}</p>}
      <ul className={styles.pupils}>
        {pupils.data?.map((pupil) => (
          <Row key={pupil.person} classId={one.id} pupil={pupil} />
        ))}
      </ul>
      {table.isError && (
        <p className={styles.refused} role="alert">
          {describe(table.error).sentence}
        </p>
      )}
      {pupils.data && pupils.data.length > 0 && (
        <div className={styles.ways}>
          <Button
            variant="outlined"
            icon="download"
            busy={table.isPending}
            onClick={() => {
              table.mutate();
            }}
          >
            {t("progress.table")}
          </Button>
        </div>
      )}
    </Section>
  );
}

function Row({ classId, pupil }: Readonly<{ classId: string; pupil: Pupil }>) {
  const { t } = useTranslation("class");
  const { day, number } = useFormat();
  const queries = useQueryClient();
  const { asking, setAsking, question, trigger } = useConfirmation();
  const remove = useMutation({
    mutationFn: () => removePupil(classId, pupil.person),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["learn", "classes"] }),
  });
  const share = pupil.cards > 0 ? pupil.begun / pupil.cards : 0;
  return (
    <li className={styles.pupil}>
      <strong>{pupil.nickname}</strong>
      <div className={styles.bar} aria-hidden>
        <span style={{ width: `${100 * share}%` }} />
      </div>
      <p>
        {t("progress.cards", {
          count: pupil.cards,
          begun: number(pupil.begun),
          known: number(pupil.known),
        })}
      </p>
      <p className={styles.note}>
        {pupil.last_day
          ? t("progress.week", {
              count: pupil.reviews,
              right: number(pupil.right),
              day: day(pupil.last_day),
            })
          : t("progress.never")}
      </p>
      {remove.isError && (
        <p className={styles.refused} role="alert">
          {describe(remove.error).sentence}
        </p>
      )}
      {asking ? (
        <div
          ref={question}
          tabIndex={-1}
          className={styles.form}
          role="group"
          aria-label={t("progress.removeWhom", { name: pupil.nickname })}
        >
          <p>{t("progress.question")}</p>
          <div className={styles.ways}>
            <Button
              variant="contained"
              tone="bad"
              busy={remove.isPending}
              onClick={() => {
                remove.mutate();
              }}
            >
              {t("progress.remove")}
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
      ) : (
        <div>
          <Button
            tone="inherit"
            ref={trigger}
            aria-label={t("progress.removeWhom", { name: pupil.nickname })}
            onClick={() => {
              setAsking(true);
            }}
          >
            {t("progress.remove")}
          </Button>
        </div>
      )}
    </li>
  );
}

function download(blob: Blob, name: string): void {
  const url = URL.createObjectURL(blob);
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => {
    URL.revokeObjectURL(url);
  }, 1000);
}
