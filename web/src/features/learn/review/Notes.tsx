import { useMutation } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api, data } from "~/api/client";
import { describe } from "~/api/describe";
import type { CardChange, DueCard } from "~/api/types";
import { Icon } from "~/icons/Icon";
import { Button } from "~/ui/Button";
import { difference } from "./difference";
import styles from "./review.module.css";

function useChange(id: string, onSuccess: () => void) {
  return useMutation({
    mutationFn: (body: CardChange) =>
      data(api.PATCH("/api/v1/learning/cards/{card_id}", { params: { path: { card_id: id } }, body })),
    onSuccess,
  });
}

/** The rule of this card is another one since it was learned: what it said, and what it says. */
export function Change({ card }: Readonly<{ card: DueCard }>) {
  const { t } = useTranslation("learn");
  const change = useChange(card.id, () => undefined);
  if (card.before === null || change.isSuccess) return null;
  const tags = { gone: "del", added: "ins", same: "span" } as const;
  return (
    <section className={styles.notice} aria-label={t("change.title")}>
      <p>
        <Icon name="warning" size="1.25rem" /> <strong>{t("change.title")}</strong>
      </p>
      <p className={styles.difference}>
        {difference(card.before, card.back).map(({ kind, text }, index) => {
          const Tag = tags[kind];
          return <Tag key={index}>{`${text} `}</Tag>;
        })}
      </p>
      {change.isError && <p role="alert">{describe(change.error).sentence}</p>}
      <Button
        tone="inherit"
        icon="check"
        busy={change.isPending}
        onClick={() => {
          change.mutate({ seen_change: true });
        }}
      >
        {t("change.seen")}
      </Button>
    </section>
  );
}

/** A card that is forgotten again and again: other ways to look at it. */
export function Hard({ card, onSuspended }: Readonly<{ card: DueCard; onSuspended: () => void }>) {
  const { t } = useTranslation("learn");
  const suspend = useChange(card.id, onSuspended);
  if (!card.hard) return null;
  return (
    <section className={styles.notice} aria-label={t("hard.title")}>
      <p>
        <Icon name="about" size="1.25rem" /> <strong>{t("hard.title")}</strong>
      </p>
      <p>{t("hard.sentence", { count: card.lapses })}</p>
      <div className={styles.actions}>
        {card.item && (
          <Button tone="inherit" icon="book" to={`/items/${card.item}`}>
            {t("hard.why")}
          </Button>
        )}
        <Button tone="inherit" icon="edit" to={`/learn/cards/${card.id}`}>
          {t("hard.write")}
        </Button>
        <Button
          tone="inherit"
          icon="pause"
          busy={suspend.isPending}
          onClick={() => {
            suspend.mutate({ suspended: true });
          }}
        >
          {t("hard.pause")}
        </Button>
      </div>
      {suspend.isError && <p role="alert">{describe(suspend.error).sentence}</p>}
    </section>
  );
}
