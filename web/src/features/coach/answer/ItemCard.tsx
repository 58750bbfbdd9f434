import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { AnswerIn, Item, Result, Tag } from "~/api/types";
import { describe } from "~/api/describe";
import { preferences } from "~/preferences/store";
import { announce } from "~/ui/announce";
import { toast } from "~/ui/toast";
import { Parts, Steps, Why } from "~/features/advice/Advice";
import { ItemHeader } from "~/features/advice/ItemHeader";
import { StateToggles } from "~/features/advice/StateToggles";
import { useItem } from "~/features/advice/useItem";
import { isInClass } from "~/features/learn/class/membership";
import { useReply } from "../analysis/useJob";
import { Alternatives } from "./Alternatives";
import { AskNeighbours } from "./AskNeighbours";
import { MakeCard } from "./MakeCard";
import { ToClass } from "./ToClass";
import { QuestionCard } from "./QuestionCard";
import { Bins } from "./Bins";
import { Feedback } from "./Feedback";
import { ShareButton } from "./ShareButton";
import { AddDetails } from "./AddDetails";
import styles from "./answer.module.css";

type Props = Readonly<{
  jobId: string;
  item: Item;
  /** Its number in the result, which replies name. */
  index: number;
  result: Result;
  picture: string | null;
}>;

/** Calibrated: of a hundred answers that are this sure, so many are right. */
const ALMOST_CERTAIN = 0.9;

/** One thing of the photo: what it is, what to do with it, and everything that can be said back. */
export function ItemCard({ jobId, item, index, result, picture }: Props) {
  const { t } = useTranslation(["coach", "advice"]);
  const reply = useReply(jobId);
  const [addingDetails, setAddingDetails] = useState(false);
  const top = useRef<HTMLElement>(null);
  const { question } = item;
  // A refused state is shown beside its switch.
  const refused = reply.variables?.tags ? null : reply.error;

  const say = (said: Partial<AnswerIn>, kind: "answer" | "correct", undo?: () => void) => {
    reply.mutate(
      { kind, item: index, ...said },
      {
        onSuccess: ({ result: next }) => {
          setAddingDetails(false);
          const now = next?.items[index];
          if (!now) return;
          // The pressed button is removed, unless it was a switch: the focus goes to the new answer.
          if (!said.tags) top.current?.focus();
          announce(
            now.question
              ? t("answer.question", { text: now.question.text })
              : t("advice:changed", { name: now.name, category: now.disposal.category_name }),
          );
        },
        onError: (error) => {
          undo?.();
          const { sentence } = describe(error);
          if (said.tags) toast({ text: sentence });
          else announce(sentence, "assertive");
        },
      },
    );
  };
  const tell = (open: boolean) => {
    reply.reset(); // an earlier refusal is not about this reply
    setAddingDetails(open);
  };
  /** What it is, with the photo to learn from where that was allowed. */
  const name = (said: Partial<AnswerIn>, kind: "answer" | "correct") => {
    say({ ...said, consent: preferences().teach === true }, kind);
  };

  return (
    <article ref={top} tabIndex={-1} className={styles.card} aria-busy={reply.isPending}>
      {!question && (
        <ItemHeader
          name={item.name}
          material={item.material}
          form={item.form}
          sure={t(`sure.${sureness(item)}`)}
        />
      )}
      {addingDetails ? (
        <AddDetails
          error={refused}
          pending={reply.isPending}
          onDetails={(said) => {
            name(said, "correct");
          }}
          onBack={() => {
            tell(false);
            top.current?.focus(); // the button is gone
          }}
        />
      ) : question ? (
        <QuestionCard
          question={question}
          blind={Object.keys(result.models).length === 0}
          error={refused}
          pending={reply.isPending}
          onAnswer={(said) => {
            name(said, "answer");
          }}
        >
          <AskNeighbours jobId={jobId} index={index} />
        </QuestionCard>
      ) : (
        <>
          <Steps disposal={item.disposal} pending={reply.isPending} />
          <States
            key={item.item}
            item={item}
            pending={reply.isPending}
            onChange={(tags, undo) => {
              say({ tags }, "answer", undo);
            }}
          />
          <Parts parts={item.parts ?? []} />
          <Why disposal={item.disposal} reasons={item.reasons} />
          <Bins kinds={item.bin_kinds ?? []} />
          <Feedback
            jobId={jobId}
            index={index}
            onWrong={() => {
              tell(true);
            }}
          />
          <Alternatives
            alternatives={item.alternatives ?? []}
            error={refused}
            pending={reply.isPending}
            onPick={(value) => {
              name({ value }, "correct");
            }}
          />
          <ShareButton item={item} picture={picture} />
          <MakeCard jobId={jobId} index={index} />
          {isInClass() && <ToClass jobId={jobId} index={index} />}
          {!item.said && <AskNeighbours jobId={jobId} index={index} />}
        </>
      )}
    </article>
  );
}

function sureness({ said, confidence }: Item) {
  if (said) return "said";
  return confidence >= ALMOST_CERTAIN ? "high" : "fair";
}

type StatesProps = Readonly<{
  item: Item;
  pending: boolean;
  onChange: (tags: Tag[], undo: () => void) => void;
}>;

/** What a camera cannot see of this item, as far as it changes the advice. */
function States({ item, pending, onChange }: StatesProps) {
  const details = useItem(item.item, item.tags);
  // Shown at once; the new advice comes a moment later.
  const [wanted, setWanted] = useState<Tag[] | null>(null);
  const [known, setKnown] = useState(item.tags);
  // New advice that answers nothing said here comes from another tab.
  if (known !== item.tags && !pending) {
    setKnown(item.tags);
    setWanted(null);
  }
  if (!details.data) return null;
  return (
    <StateToggles
      changes={details.data.value.changes}
      category={item.disposal.category}
      chosen={wanted ?? item.tags ?? []}
      seen={item.seen_tags ?? []}
      onChange={(tags) => {
        setWanted(tags);
        onChange(tags, () => {
          setWanted(null);
        });
      }}
    />
  );
}
