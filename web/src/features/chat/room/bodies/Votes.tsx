import { useMutation } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { describe } from "~/api/describe";
import type { Message } from "~/api/types";
import { useFormat } from "~/i18n/format";
import { Icon } from "~/icons/Icon";
import { changed } from "../../store/conversation";
import { vote } from "../../store/server";
import styles from "./poll.module.css";

type Props = Readonly<{
  message: Message;
  me: string;
  /** What each choice is worth, 0 to 1. */
  shares: readonly number[];
  disabled: boolean;
  label: string;
}>;

/** Choices to take one of; it may be moved. */
export function Votes({ message, me, shares, disabled, label }: Props) {
  const { t } = useTranslation("chat");
  const format = useFormat();
  const take = useMutation({ mutationFn: (choice: number) => vote(message._id, choice), onSuccess: changed });
  return (
    <>
      <ul className={styles.choices} aria-label={label}>
        {(message.poll ?? []).map(({ text, votes }, index) => (
          <li key={index}>
            <button
              type="button"
              className={styles.choice}
              aria-pressed={votes.includes(me)}
              disabled={disabled}
              onClick={() => {
                if (!take.isPending) take.mutate(index);
              }}
            >
              <progress className={styles.bar} value={shares[index] ?? 0} aria-hidden />
              <span className={styles.text}>
                {votes.includes(me) && <Icon name="check" size="1.125rem" />}
                {text}
              </span>
              <span className={styles.share}>
                <span className="visually-hidden">{t("poll.votes", { count: votes.length })}</span>
                <span aria-hidden>{format.percent(shares[index] ?? 0)}</span>
              </span>
            </button>
          </li>
        ))}
      </ul>
      {take.isError && <p role="alert">{describe(take.error).sentence}</p>}
    </>
  );
}

/** How the votes are shared out. */
export function sharesOf(message: Message): number[] {
  const counts = (message.poll ?? []).map(({ votes }) => votes.length);
  const all = counts.reduce((sum, count) => sum + count, 0);
  return counts.map((count) => (all ? count / all : 0));
}
