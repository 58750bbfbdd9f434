import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useId, useState, type SubmitEvent } from "react";
import { useTranslation } from "react-i18next";
import { Link, useNavigate } from "react-router";
import { describe } from "~/api/describe";
import type { Deck } from "~/api/types";
import { language } from "~/i18n";
import { Icon } from "~/icons/Icon";
import { Button } from "~/ui/Button";
import { EmptyState } from "~/ui/EmptyState";
import { ErrorMessage } from "~/ui/ErrorMessage";
import { Skeleton } from "~/ui/Loading";
import { Page } from "~/ui/Page";
import { Sheet } from "~/ui/Sheet";
import { learns } from "../badge/badge";
import { listDecks, makeDeck } from "./server";
import styles from "./decks.module.css";

/** What one learns. */
export default function DecksPage() {
  const { t } = useTranslation("decks");
  const [making, setMaking] = useState(false);
  const decks = useQuery({ queryKey: ["learn", "decks"], queryFn: listDecks });
  return (
    <Page title={t("title")} lead={t("lead")}>
      <div className={styles.ways}>
        <Button
          variant="contained"
          icon="plus"
          onClick={() => {
            setMaking(true);
          }}
        >
          {t("new.open")}
        </Button>
        <Button variant="outlined" icon="upload" to="/learn/import">
          {t("import")}
        </Button>
        <Button variant="outlined" icon="back" to="/learn">
          {t("today")}
        </Button>
      </div>
      {decks.isPending && <Skeleton height="9rem" />}
      {decks.isError && !decks.data && (
        <ErrorMessage error={decks.error} onRetry={() => void decks.refetch()} />
      )}
      {decks.data?.length === 0 && (
        <EmptyState icon="cards" title={t("empty")}>
          <p>{t("emptySentence")}</p>
        </EmptyState>
      )}
      {decks.data && decks.data.length > 0 && (
        <ul className={styles.decks}>
          {decks.data.map((deck) => (
            <Row key={deck.id} deck={deck} />
          ))}
        </ul>
      )}
      {making && (
        <NewDeck
          onClose={() => {
            setMaking(false);
          }}
        />
      )}
    </Page>
  );
}

function Row({ deck }: Readonly<{ deck: Deck }>) {
  const { t } = useTranslation("decks");
  return (
    <li>
      <Link to={`/learn/decks/${deck.id}`} className={styles.row}>
        <span className={styles.disc}>
          <Icon
            name={deck.kind === "scans" ? "camera" : deck.kind === "hazards" ? "warning" : "cards"}
            size="1.5rem"
          />
        </span>
        <span className={styles.words}>
          <strong lang={deck.language}>{deck.name}</strong>
          <span>
            {t("cards", { count: deck.cards })} · {t(`role.${deck.role}`)}
          </span>
        </span>
        <Icon name="forward" size="1.25rem" />
      </Link>
    </li>
  );
}

function NewDeck({ onClose }: Readonly<{ onClose: () => void }>) {
  const { t } = useTranslation("decks");
  const navigate = useNavigate();
  const queries = useQueryClient();
  const [name, setName] = useState("");
  const key = useAttempt();
  const make = useMutation({
    mutationFn: () => makeDeck(name.trim(), language(), key),
    onSuccess: (deck) => {
      learns();
      void queries.invalidateQueries({ queryKey: ["learn"] });
      void navigate(`/learn/decks/${deck.id}`);
    },
  });
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (!make.isPending && name.trim()) make.mutate();
  };
  return (
    <Sheet title={t("new.title")} onClose={onClose}>
      <form className={styles.form} onSubmit={submit}>
        <label className={styles.field}>
          {t("new.name")}
          <input
            value={name}
            required
            maxLength={80}
            autoComplete="off"
            onChange={(event) => {
              setName(event.target.value);
            }}
          />
        </label>
        {make.isError && (
          <p className={styles.refused} role="alert">
            {describe(make.error).sentence}
          </p>
        )}
        <Button type="submit" variant="contained" busy={make.isPending}>
          {t("new.make")}
        </Button>
      </form>
    </Sheet>
  );
}

/** A key for something that is made once, however often it is sent. */
export function useAttempt(): string {
  const id = useId();
  const [attempt] = useState(() => `${id}${Date.now()}${Math.random()}`.replace(/[^\w.]/g, ""));
  return attempt;
}
