import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { describe } from "~/api/describe";
import type { SchoolClass } from "~/api/types";
import { useFormat } from "~/i18n/format";
import { Button } from "~/ui/Button";
import { ErrorMessage } from "~/ui/ErrorMessage";
import { Skeleton } from "~/ui/Loading";
import { Section } from "~/ui/Section";
import { handOn } from "~/ui/sharing/handOn";
import { toast } from "~/ui/toast";
import { useConfirmation } from "~/ui/useConfirmation";
import { confirmHandover, getHandover, offerClass, withdrawHandover } from "./server";
import styles from "./class.module.css";

type Props = Readonly<{ one: SchoolClass }>;

/** Hands a class over: a link for another teacher, who accepts it, and whom this one confirms. */
export function Handover({ one }: Props) {
  const { t } = useTranslation("class");
  const { day } = useFormat();
  const queries = useQueryClient();
  const handover = useQuery({ queryKey: keyOf(one), queryFn: () => getHandover(one.id), staleTime: 0 });
  const forget = () => void queries.invalidateQueries({ queryKey: keyOf(one) });
  const offer = useMutation({ mutationFn: () => offerClass(one.id), onSuccess: forget });
  const withdraw = useMutation({
    mutationFn: () => withdrawHandover(one.id),
    onSuccess: () => {
      offer.reset();
      toast({ text: t("handover.withdrawn") });
      forget();
    },
  });
  const { person, name, tag, expires_at } = handover.data ?? {};
  const address = offer.data && window.location.origin + offer.data.path;
  const failed = offer.error ?? withdraw.error;
  return (
    <Section title={t("handover.title")} note={t("handover.note")}>
      {handover.isPending && <Skeleton height="3rem" />}
      {handover.isError && !handover.data && (
        <ErrorMessage error={handover.error} onRetry={() => void handover.refetch()} />
      )}
      {person ? (
        <Confirm key={person} one={one} person={person} name={name ?? ""} tag={tag ?? ""} />
      ) : address ? (
        <>
          <p>{t("handover.link", { day: day(offer.data.expires_at) })}</p>
          <p
            className={styles.address}
            role="region"
            aria-label={t("handover.send")}
            // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
            tabIndex={0}
          >
            {address}
          </p>
        </>
      ) : (
        expires_at && <p>{t("handover.waiting", { day: day(expires_at) })}</p>
      )}
      {failed && (
        <p className={styles.refused} role="alert">
          {describe(failed).sentence}
        </p>
      )}
      {handover.data && (
        <div className={styles.ways}>
          {address && !person ? (
            <Button
              variant="contained"
              icon="share"
              onClick={() => void handOn(address, one.name, () => toast({ text: t("handover.copied") }))}
            >
              {t("handover.send")}
            </Button>
          ) : (
            <Button
              variant="outlined"
              icon="link"
              busy={offer.isPending}
              onClick={() => {
                offer.mutate();
              }}
            >
              {t(expires_at ? "handover.again" : "handover.make")}
            </Button>
          )}
          {expires_at && (
            <Button
              busy={withdraw.isPending}
              onClick={() => {
                withdraw.mutate();
              }}
            >
              {t("handover.withdraw")}
            </Button>
          )}
        </div>
      )}
    </Section>
  );
}

type ConfirmProps = Props & Readonly<{ person: string; name: string; tag: string }>;

/** Who accepted the link, so that the teacher can ask whether it was whom they mean. */
function Confirm({ one, person, name, tag }: ConfirmProps) {
  const { t } = useTranslation("class");
  const navigate = useNavigate();
  const queries = useQueryClient();
  const { asking, setAsking, question, trigger } = useConfirmation();
  const confirm = useMutation({
    mutationFn: () => confirmHandover(one.id, person),
    onSuccess: () => {
      toast({ text: t("handover.done", { name }) });
      void navigate("/learn/class", { replace: true });
      // The page that is left shall not ask for what is another teacher's; the next one asks.
      void queries.invalidateQueries({ queryKey: ["learn"], refetchType: "none" });
    },
    onError: () => void queries.invalidateQueries({ queryKey: keyOf(one) }),
  });
  return (
    <div className={styles.form}>
      <p>
        <strong>{t("handover.accepted", { name, tag })}</strong>
      </p>
      <p className={styles.note}>{t("handover.compare", { tag })}</p>
      {confirm.isError && (
        <p className={styles.refused} role="alert">
          {describe(confirm.error).sentence}
        </p>
      )}
      {asking ? (
        <div
          ref={question}
          tabIndex={-1}
          className={styles.form}
          role="group"
          aria-label={t("handover.confirm")}
        >
          <p>{t("handover.question")}</p>
          <div className={styles.ways}>
            <Button
              variant="contained"
              tone="bad"
              busy={confirm.isPending}
              onClick={() => {
                confirm.mutate();
              }}
            >
              {t("handover.yes")}
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
            variant="contained"
            icon="people"
            ref={trigger}
            onClick={() => {
              setAsking(true);
            }}
          >
            {t("handover.confirm")}
          </Button>
        </div>
      )}
    </div>
  );
}

const keyOf = ({ id }: SchoolClass) => ["learn", "classes", id, "handover"];
