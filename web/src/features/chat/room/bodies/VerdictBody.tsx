import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { Message } from "~/api/types";
import { useFormat } from "~/i18n/format";
import { Icon } from "~/icons/Icon";
import { FilesBody } from "./FilesBody";
import type { BodyProps } from "./props";
import styles from "./verdict.module.css";
import { Votes } from "./Votes";

type Verdict = NonNullable<Message["verdict"]>;

/** What a thing is: what the coach, the neighbours or its owner say; or the question, with its choices. */
export function VerdictBody(props: BodyProps) {
  const { message, me, room } = props;
  const { verdict } = message;
  if (!verdict) return <p>{message.content}</p>;
  const final = verdict.settledBy === "neighbours" || verdict.settledBy === "owner";
  const open = room.closedAt === null && !final && mayVote(verdict);
  return (
    <>
      {message.files.length > 0 && <FilesBody {...props} message={{ ...message, content: "" }} />}
      {verdict.state === "settled" ? <Answer {...props} verdict={verdict} /> : <p>{message.content}</p>}
      <Known {...props} verdict={verdict} />
      {verdict.state === "open" && open && <Asked {...props} verdict={verdict} />}
      {verdict.state === "settled" && open && <Doubt {...props} verdict={verdict} />}
      {verdict.state === "undecided" && verdict.choices.length > 0 && <Undecided />}
      {verdict.owner === me && verdict.jobId && <OwnScan jobId={verdict.jobId} />}
    </>
  );
}

type PartProps = BodyProps & Readonly<{ verdict: Verdict }>;

function mayVote({ choices, closesAt }: Verdict): boolean {
  return choices.length > 0 && !!closesAt && Date.parse(closesAt) > Date.now();
}

function Answer({ message, verdict }: PartProps) {
  const { t } = useTranslation("chat");
  const chosen = verdict.answer == null ? null : verdict.choices[verdict.answer];
  const name = verdict.name ?? chosen?.label ?? message.content;
  return (
    <>
      <p className={styles.line}>
        <Icon name="check" size="1.25rem" />
        <strong>{name}</strong>
        {verdict.categoryName && <span className={styles.category}>{verdict.categoryName}</span>}
      </p>
      {verdict.settledBy && <p className={styles.by}>{t(`verdict.by.${verdict.settledBy}`)}</p>}
      {verdict.steps.length > 0 && (
        <ol className={styles.steps}>
          {verdict.steps.map((step, index) => (
            <li key={index}>{step}</li>
          ))}
        </ol>
      )}
    </>
  );
}

function Known({ verdict, onShow }: PartProps) {
  const { t } = useTranslation("chat");
  const format = useFormat();
  const { known } = verdict;
  if (!known) return null;
  return (
    <button
      type="button"
      className={styles.known}
      onClick={() => {
        onShow(known.seq);
      }}
    >
      <Icon name="reply" size="1rem" />
      {t("verdict.known", { label: known.label, date: format.day(known.at) })}
    </button>
  );
}

function Asked({ message, verdict, me }: PartProps) {
  const { t } = useTranslation("chat");
  const format = useFormat();
  const count = (message.poll ?? []).reduce((sum, { votes }) => sum + votes.length, 0);
  return (
    <>
      <Votes
        message={message}
        me={me}
        shares={verdict.choices.map(({ probability }) => probability)}
        disabled={false}
        label={t("verdict.choices")}
      />
      <p className={styles.by}>
        {verdict.owner === me
          ? t("verdict.yours")
          : t("verdict.until", { count, date: format.moment(verdict.closesAt ?? message.createdAt) })}
      </p>
    </>
  );
}

/** The coach may be wrong: who knows better can say so. */
function Doubt({ message, verdict, me }: PartProps) {
  const { t } = useTranslation("chat");
  return (
    <details className={styles.doubt}>
      <summary>{t("verdict.doubt")}</summary>
      <Votes
        message={message}
        me={me}
        shares={verdict.choices.map(({ probability }) => probability)}
        disabled={false}
        label={t("verdict.choices")}
      />
    </details>
  );
}

function Undecided() {
  const { t } = useTranslation("chat");
  return <p className={styles.by}>{t("verdict.undecided")}</p>;
}

function OwnScan({ jobId }: Readonly<{ jobId: string }>) {
  const { t } = useTranslation("chat");
  return (
    <p>
      <Link to={`/answers/${jobId}`}>{t("verdict.scan")}</Link>
    </p>
  );
}
