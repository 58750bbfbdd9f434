import { useMutation } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { describe } from "~/api/describe";
import type { Message } from "~/api/types";
import { toast } from "~/ui/toast";
import { changed } from "../store/conversation";
import { react } from "../store/server";
import styles from "./message.module.css";

type Props = Readonly<{ message: Message; me: string; closed: boolean }>;

/** Puts a sign on a message, or takes it back. */
export function useReact(message: Message) {
  return useMutation({
    mutationFn: ({ sign, on }: { sign: string; on: boolean }) => react(message._id, sign, on),
    onSuccess: changed,
    onError: (error) => {
      toast({ text: describe(error).sentence });
    },
  });
}

/** The signs that people have put on a message, with how many each has. */
export function Reactions({ message, me, closed }: Props) {
  const { t } = useTranslation("chat");
  const put = useReact(message);
  const signs = Object.entries(message.reactions).filter(([, people]) => people.length > 0);
  if (signs.length === 0) return null;
  return (
    <ul className={styles.reactions} aria-label={t("message.reactions")}>
      {signs.map(([sign, people]) => (
        <li key={sign}>
          <button
            type="button"
            aria-pressed={people.includes(me)}
            disabled={closed}
            onClick={() => {
              if (!put.isPending) put.mutate({ sign, on: !people.includes(me) });
            }}
          >
            <span aria-hidden>{sign}</span> {people.length}
            <span className="visually-hidden">{t("message.reaction", { sign, count: people.length })}</span>
          </button>
        </li>
      ))}
    </ul>
  );
}
