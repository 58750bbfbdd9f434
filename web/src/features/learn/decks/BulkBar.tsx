import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { describe } from "~/api/describe";
import type { Deck } from "~/api/types";
import { Button } from "~/ui/Button";
import { SelectField } from "~/ui/SelectField";
import { Sheet } from "~/ui/Sheet";
import { toast } from "~/ui/toast";
import { changeCards, listDecks, type Bulk } from "./server";
import { tagsIn } from "./tags";
import { useForget } from "./useForget";
import styles from "./decks.module.css";

type Props = Readonly<{ deck: Deck; ids: readonly string[]; onDone: () => void }>;

/** What can be done with many cards at once. */
export function BulkBar({ deck, ids, onDone }: Props) {
  const { t } = useTranslation("decks");
  const [sheet, setSheet] = useState<"tags" | "move" | "remove" | null>(null);
  const forget = useForget();
  const close = () => {
    setSheet(null);
  };
  const change = useMutation({
    mutationFn: (how: Omit<Bulk, "ids">) => changeCards({ ids, ...how }),
    onSuccess: (count) => {
      toast({ text: t("bulk.done", { count }) });
      forget();
      onDone();
    },
  });
  const mayEdit = deck.role !== "learner";
  const act = (how: Omit<Bulk, "ids">) => () => {
    if (!change.isPending) change.mutate(how);
  };
  return (
    <div className={styles.bulk} role="group" aria-label={t("bulk.title", { count: ids.length })}>
      <p>{t("bulk.title", { count: ids.length })}</p>
      {change.isError && <p role="alert">{describe(change.error).sentence}</p>}
      <div className={styles.actions}>
        <Button tone="inherit" icon="pause" busy={change.isPending} onClick={act({ suspended: true })}>
          {t("bulk.suspend")}
        </Button>
        <Button tone="inherit" icon="retry" busy={change.isPending} onClick={act({ suspended: false })}>
          {t("bulk.resume")}
        </Button>
        {mayEdit && (
          <>
            <Button tone="inherit" onClick={() => setSheet("tags")}>
              {t("tags")}
            </Button>
            <Button tone="inherit" onClick={() => setSheet("move")}>
              {t("bulk.move")}
            </Button>
            <Button tone="bad" icon="trash" onClick={() => setSheet("remove")}>
              {t("bulk.remove")}
            </Button>
          </>
        )}
      </div>
      {sheet === "tags" && (
        <Tags
          busy={change.isPending}
          onChange={(how) => {
            act(how)();
          }}
          onClose={close}
        />
      )}
      {sheet === "move" && (
        <Move
          deck={deck}
          busy={change.isPending}
          onMove={(to_deck) => {
            act({ to_deck })();
          }}
          onClose={close}
        />
      )}
      {sheet === "remove" && (
        <Sheet title={t("bulk.removeQuestion", { count: ids.length })} onClose={close}>
          <p>{t("bulk.removeNote")}</p>
          <Button variant="contained" tone="bad" busy={change.isPending} onClick={act({ remove: true })}>
            {t("bulk.remove")}
          </Button>
        </Sheet>
      )}
    </div>
  );
}

type TagsProps = Readonly<{ busy: boolean; onChange: (how: Omit<Bulk, "ids">) => void; onClose: () => void }>;

function Tags({ busy, onChange, onClose }: TagsProps) {
  const { t } = useTranslation("decks");
  const [text, setText] = useState("");
  const tags = tagsIn(text);
  return (
    <Sheet title={t("tags")} onClose={onClose}>
      <label className={styles.field}>
        {t("editor.tags")}
        <input
          value={text}
          autoComplete="off"
          onChange={(event) => {
            setText(event.target.value);
          }}
        />
      </label>
      <div className={styles.actions}>
        <Button
          variant="contained"
          busy={busy}
          disabled={tags.length === 0}
          onClick={() => {
            onChange({ add_tags: tags });
          }}
        >
          {t("bulk.addTags")}
        </Button>
        <Button
          variant="outlined"
          busy={busy}
          disabled={tags.length === 0}
          onClick={() => {
            onChange({ remove_tags: tags });
          }}
        >
          {t("bulk.removeTags")}
        </Button>
      </div>
    </Sheet>
  );
}

type MoveProps = Readonly<{ deck: Deck; busy: boolean; onMove: (to: string) => void; onClose: () => void }>;

function Move({ deck, busy, onMove, onClose }: MoveProps) {
  const { t } = useTranslation("decks");
  const decks = useQuery({ queryKey: ["learn", "decks"], queryFn: listDecks });
  const others = (decks.data ?? []).filter(({ id, role }) => id !== deck.id && role !== "learner");
  const [to, setTo] = useState("");
  const chosen = to || others[0]?.id;
  return (
    <Sheet title={t("bulk.move")} onClose={onClose}>
      {others.length === 0 ? (
        <p>{t("bulk.noOther")}</p>
      ) : (
        <>
          <SelectField label={t("bulk.to")}>
            <select
              value={chosen}
              onChange={(event) => {
                setTo(event.target.value);
              }}
            >
              {others.map(({ id, name }) => (
                <option key={id} value={id}>
                  {name}
                </option>
              ))}
            </select>
          </SelectField>
          <Button
            variant="contained"
            busy={busy}
            onClick={() => {
              if (chosen) onMove(chosen);
            }}
          >
            {t("bulk.moveHere")}
          </Button>
        </>
      )}
    </Sheet>
  );
}
