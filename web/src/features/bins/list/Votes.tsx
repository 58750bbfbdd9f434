import { useTranslation } from "react-i18next";
import { describe } from "~/api/describe";
import type { BinDetails, Vote } from "~/api/types";
import { RoomButton } from "~/features/chat/choose/RoomButton";
import { Icon, type IconName } from "~/icons/Icon";
import { toast } from "~/ui/toast";
import { useMyVote, useVote } from "../queries";
import styles from "./list.module.css";

const VOTES = [
  ["ok", "check"],
  ["full", "street"],
  ["gone", "close"],
] as const satisfies readonly (readonly [Vote, IconName])[];

/** Puts what somebody found of a bin into a room, where others agree with it or not. */
function TellNeighbours({ binId, state }: Readonly<{ binId: string; state: Vote }>) {
  const { t } = useTranslation("bins");
  return (
    <RoomButton
      label={t("neighbours.tell")}
      icon="people"
      onChoose={async (roomId) => {
        const { tellOfBin } = await import("~/features/chat/store/server");
        return tellOfBin(roomId, binId, state, crypto.randomUUID());
      }}
    />
  );
}

/** How many people found the bin there, full or gone, and the buttons to say so. */
export function Votes({ details }: Readonly<{ details: BinDetails }>) {
  const { t } = useTranslation("bins");
  const mine = useMyVote(details.id);
  const vote = useVote(details.id);
  const said = VOTES.filter(([which]) => details.votes[which] > 0);

  const cast = (which: Vote) => {
    if (which === mine || vote.isPending) return;
    vote.mutate(which, {
      onSuccess: () => {
        toast({ text: t(`votes.thanks.${which}`) });
      },
      onError: (error) => {
        toast({ text: describe(error).sentence });
      },
    });
  };

  return (
    <section className={styles.votes} aria-labelledby="votes">
      <h3 id="votes">{t("votes.title")}</h3>
      <div className={styles.buttons}>
        {VOTES.map(([which, icon]) => (
          <button
            key={which}
            type="button"
            data-vote={which}
            aria-pressed={which === mine}
            onClick={() => {
              cast(which);
            }}
          >
            <Icon name={icon} size="1.375rem" />
            {t(`votes.${which}`)}
          </button>
        ))}
      </div>
      {details.hidden && <p className={styles.hidden}>{t("votes.hidden")}</p>}
      <p className={styles.voteCounts}>
        {said.length
          ? said.map(([which]) => t(`votes.said.${which}`, { count: details.votes[which] })).join(" · ")
          : t("votes.nobody")}
      </p>
      {mine && <TellNeighbours binId={details.id} state={mine} />}
    </section>
  );
}
