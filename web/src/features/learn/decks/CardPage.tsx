import { useMutation, useQuery } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate, useParams } from "react-router";
import { describe } from "~/api/describe";
import type { Card, Deck } from "~/api/types";
import { language } from "~/i18n";
import { Button } from "~/ui/Button";
import { ErrorMessage } from "~/ui/ErrorMessage";
import { Skeleton } from "~/ui/Loading";
import { Page } from "~/ui/Page";
import { toast } from "~/ui/toast";
import { useConfirmation } from "~/ui/useConfirmation";
import { learns } from "../badge/badge";
import { draftOf, toCard, type Draft } from "./draft";
import { Editor } from "./Editor";
import { changeCard, getCard, getDeck, listDecks, makeDeck, removeCard, writeCard } from "./server";
import { useCheck, type Checked } from "./useCheck";
import { useForget } from "./useForget";
import styles from "./decks.module.css";

/** Writes a card, or changes one. */
export default function CardPage() {
  const { t } = useTranslation("decks");
  const { cardId, deckId = "" } = useParams();
  return (
    <Page title={t(cardId ? "editor.change" : "editor.new")} wide>
      {cardId ? <Change key={cardId} id={cardId} /> : <Write deckId={deckId} />}
    </Page>
  );
}

/** For who has no deck yet: the address says so, and the first card makes one. */
const FIRST = "first";

function Write({ deckId }: Readonly<{ deckId: string }>) {
  const { t } = useTranslation("decks");
  const navigate = useNavigate();
  const forget = useForget();
  const [written, setWritten] = useState(0);
  const check = useCheck();
  const tell = useTell();
  const [attempt] = useState(() => `${Date.now()}${Math.random()}`);
  const deck = useQuery({
    queryKey: ["learn", "decks", deckId],
    queryFn: () => getDeck(deckId),
    enabled: deckId !== FIRST,
  });
  const write = useMutation({
    mutationFn: async (draft: Draft) => {
      const to = deckId === FIRST ? await firstDeck(t("firstDeck"), attempt) : deckId;
      await writeCard({ ...toCard(draft), deck_id: to, both_ways: draft.bothWays }, `${attempt}.${written}`);
      return to;
    },
    onSuccess: (to) => {
      learns();
      forget();
      toast({ text: t("editor.written") });
      if (to === deckId) setWritten(written + 1);
      else {
        // The page of its deck begins anew, with empty fields: emptied here, too, what is typed meanwhile would be lost.
        if (check.checked) tell(check.checked);
        void navigate(`/learn/decks/${to}/new`, { replace: true });
      }
    },
  });
  return (
    <>
      {deck.data && (
        <p className={styles.note}>
          <Button icon="back" to={`/learn/decks/${deckId}`}>
            {deck.data.name}
          </Button>
        </p>
      )}
      <Editor
        key={written}
        pictures={{}}
        deck={deckId === FIRST ? null : deckId}
        first={written === 0}
        busy={write.isPending}
        error={write.error}
        save={t("editor.add")}
        {...look(check)}
        onSave={(draft) => {
          write.mutate(draft);
        }}
      />
    </>
  );
}

/** Tells of what was found where its editor is not there any more; `to` leads to the card. */
function useTell() {
  const { t } = useTranslation("decks");
  const navigate = useNavigate();
  return ({ name, findings: [first] }: Checked, to?: string) => {
    if (!first) return;
    toast({
      text: `${t("check.title", { name })} ${first.text}`,
      ...(to && { action: { label: t("editor.change"), run: () => void navigate(to) } }),
    });
  };
}

/** The properties of an editor for what was found. */
function look({ look: onLook, checked, checking }: ReturnType<typeof useCheck>) {
  return { onLook, checked, checking };
}

/** A deck of one's own that may be written into; made where there is none. */
async function firstDeck(name: string, key: string): Promise<string> {
  const mine = (await listDecks()).find(({ kind, role }: Deck) => kind === "own" && role !== "learner");
  return (mine ?? (await makeDeck(name, language(), `${key}.deck`))).id;
}

function Change({ id }: Readonly<{ id: string }>) {
  const card = useQuery({ queryKey: ["learn", "card", id], queryFn: () => getCard(id), staleTime: 0 });
  if (card.isPending) return <Skeleton height="18rem" />;
  if (card.isError && !card.data)
    return <ErrorMessage error={card.error} onRetry={() => void card.refetch()} />;
  return <ChangeKnown card={card.data} />;
}

function ChangeKnown({ card }: Readonly<{ card: Card }>) {
  const { t } = useTranslation("decks");
  const navigate = useNavigate();
  const forget = useForget();
  const deck = useQuery({ queryKey: ["learn", "decks", card.deck_id], queryFn: () => getDeck(card.deck_id) });
  const back = () => void navigate(`/learn/decks/${card.deck_id}`);
  // What is found after it was saved is told where the person is then.
  const saved = useRef(false);
  const tell = useTell();
  const check = useCheck((found) => {
    if (saved.current) tell(found, `/learn/cards/${card.id}`);
  });
  const change = useMutation({
    mutationFn: (draft: Draft) => changeCard(card.id, toCard(draft)),
    onSuccess: () => {
      saved.current = true;
      toast({ text: t("editor.saved") });
      forget();
      back();
    },
  });
  const suspend = useMutation({
    mutationFn: () => changeCard(card.id, { suspended: !card.suspended }),
    onSuccess: forget,
  });
  const mayEdit = deck.data !== undefined && deck.data.role !== "learner";
  return (
    <>
      <div className={styles.actions}>
        <Button icon="back" to={`/learn/decks/${card.deck_id}`}>
          {deck.data?.name ?? t("title")}
        </Button>
        <Button
          tone="inherit"
          icon={card.suspended ? "retry" : "pause"}
          busy={suspend.isPending}
          onClick={() => {
            suspend.mutate();
          }}
        >
          {t(card.suspended ? "bulk.resume" : "bulk.suspend")}
        </Button>
        {mayEdit && <Remove id={card.id} onRemoved={back} />}
      </div>
      {suspend.isError && <p role="alert">{describe(suspend.error).sentence}</p>}
      {deck.data && !mayEdit && <p className={styles.note}>{t("editor.notYours")}</p>}
      <Editor
        initial={draftOf(card)}
        pictures={card.media}
        deck={card.deck_id}
        readOnly={!mayEdit}
        busy={change.isPending}
        error={change.error}
        save={t("save")}
        {...look(check)}
        onSave={(draft) => {
          change.mutate(draft);
        }}
      />
    </>
  );
}

function Remove({ id, onRemoved }: Readonly<{ id: string; onRemoved: () => void }>) {
  const { t } = useTranslation("decks");
  const forget = useForget();
  const { asking, setAsking, question, trigger } = useConfirmation();
  const remove = useMutation({
    mutationFn: () => removeCard(id),
    onSuccess: () => {
      onRemoved();
      forget();
    },
  });
  if (!asking)
    return (
      <Button
        ref={trigger}
        tone="bad"
        icon="trash"
        onClick={() => {
          setAsking(true);
        }}
      >
        {t("bulk.remove")}
      </Button>
    );
  return (
    <div
      ref={question}
      tabIndex={-1}
      className={styles.actions}
      role="group"
      aria-label={t("editor.removeQuestion")}
    >
      <span>{t("editor.removeQuestion")}</span>
      {remove.isError && <span role="alert">{describe(remove.error).sentence}</span>}
      <Button
        variant="contained"
        tone="bad"
        busy={remove.isPending}
        onClick={() => {
          remove.mutate();
        }}
      >
        {t("bulk.remove")}
      </Button>
      <Button
        onClick={() => {
          setAsking(false);
        }}
      >
        {t("editor.keep")}
      </Button>
    </div>
  );
}
