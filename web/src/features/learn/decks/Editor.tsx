import { useState, type SubmitEvent } from "react";
import { useTranslation } from "react-i18next";
import { describe } from "~/api/describe";
import type { CardKind } from "~/api/types";
import { Button, IconButton } from "~/ui/Button";
import { Markdown } from "~/ui/markdown/Markdown";
import type { Pictures } from "~/ui/markdown/toHtml";
import { SelectField } from "~/ui/SelectField";
import { AddPicture } from "./AddPicture";
import { EMPTY, missing, type Draft } from "./draft";
import { Findings } from "./Findings";
import type { Checked } from "./useCheck";
import styles from "./decks.module.css";

const KINDS = ["flip", "typed", "choice", "title", "recall"] as const satisfies readonly CardKind[];
const LONGEST = 10_000;
const LONGEST_CHOICE = 80;
const MOST_CHOICES = 6;

type Props = Readonly<{
  initial?: Draft;
  pictures: Pictures;
  /** Whose pictures they are; null while there is none, and no picture can be added. */
  deck: string | null;
  readOnly?: boolean;
  /** Nothing was written here yet: the first field does not take the focus from the heading. */
  first?: boolean;
  busy: boolean;
  error: unknown;
  save: string;
  onSave: (draft: Draft) => void;
  /** Somebody has left a field: this is what stands there. */
  onLook: (draft: Draft) => void;
  checked: Checked | null;
  checking: boolean;
}>;

/** The fields of a card, and beside them how it will look. */
export function Editor({
  initial = EMPTY,
  pictures: known,
  deck,
  readOnly = false,
  first = true,
  busy,
  error,
  save,
  onSave,
  onLook,
  checked,
  checking,
}: Props) {
  const { t } = useTranslation("decks");
  const [draft, setDraft] = useState(initial);
  const [added, setAdded] = useState<Pictures>({});
  const pictures = { ...known, ...added };
  const [lacks, setLacks] = useState<ReturnType<typeof missing>>(null);
  const set = (news: Partial<Draft>) => {
    setDraft({ ...draft, ...news });
    setLacks(null);
  };
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const lacking = missing(draft);
    setLacks(lacking);
    if (!lacking && !busy) onSave(draft);
  };
  // That nothing is wrong was said of the card before, where the next one is not begun.
  const isUseful = draft.front !== "" || (checked?.findings.length ?? 0) > 0;
  const isTyped = draft.kind === "typed" || draft.kind === "title";
  return (
    <div className={styles.editor}>
      {/* Whoever leaves a field has the card looked at; the fields themselves are what is used. */}
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions */}
      <form
        className={styles.form}
        onSubmit={submit}
        onBlur={() => {
          if (!readOnly) onLook(draft);
        }}
        noValidate
        inert={readOnly}
      >
        <SelectField label={t("editor.kind")}>
          <select
            value={draft.kind}
            onChange={(event) => {
              set({ kind: event.target.value as CardKind });
            }}
          >
            {KINDS.map((kind) => (
              <option key={kind} value={kind}>
                {t(`kind.${kind}`)}
              </option>
            ))}
          </select>
        </SelectField>
        <p className={styles.note}>{t(`kindNote.${draft.kind}`)}</p>
        <Side
          label={t(draft.kind === "title" ? "editor.titleSide" : "editor.front")}
          value={draft.front}
          focused={!first}
          onChange={(front) => {
            set({ front });
          }}
        />
        <Side
          label={t(draft.kind === "choice" ? "editor.rightChoice" : "editor.back")}
          value={draft.back}
          onChange={(back) => {
            set({ back });
          }}
          single={draft.kind === "choice"}
        />
        {deck && !readOnly && (
          <AddPicture
            deck={deck}
            onAdded={({ id, markdown, url }) => {
              setAdded((before) => ({ ...before, [id]: url }));
              setDraft((now) => ({
                ...now,
                front: [now.front.trimEnd(), markdown].filter(Boolean).join("\n\n"),
              }));
            }}
          />
        )}
        {draft.kind === "choice" && (
          <Choices
            choices={draft.choices}
            onChange={(choices) => {
              set({ choices });
            }}
          />
        )}
        {isTyped && (
          <label className={styles.field}>
            {t("editor.accepted")}
            <textarea
              rows={2}
              value={draft.accepted}
              onChange={(event) => {
                set({ accepted: event.target.value });
              }}
            />
          </label>
        )}
        <label className={styles.field}>
          {t("editor.tags")}
          <input
            value={draft.tags}
            autoComplete="off"
            onChange={(event) => {
              set({ tags: event.target.value });
            }}
          />
        </label>
        {draft.kind === "flip" && initial === EMPTY && (
          <label className={styles.check}>
            <input
              type="checkbox"
              checked={draft.bothWays}
              onChange={(event) => {
                set({ bothWays: event.target.checked });
              }}
            />
            {t("editor.bothWays")}
          </label>
        )}
        {lacks && (
          <p className={styles.refused} role="alert">
            {t(`lacks.${lacks}`)}
          </p>
        )}
        {error !== null && error !== undefined && (
          <p className={styles.refused} role="alert">
            {describe(error).sentence}
          </p>
        )}
        {!readOnly && (
          <Button type="submit" variant="contained" busy={busy}>
            {save}
          </Button>
        )}
        {/* Below the button, which must not move while it is pressed. */}
        <Findings checked={isUseful ? checked : null} checking={checking} />
      </form>
      <section className={styles.preview} aria-label={t("editor.preview")}>
        <p className={styles.note}>{t("editor.preview")}</p>
        {draft.front || draft.back ? (
          <>
            <Markdown text={draft.front} pictures={pictures} noName={t("picture")} />
            <hr />
            <Markdown text={draft.back} pictures={pictures} noName={t("picture")} />
          </>
        ) : (
          <p className={styles.note}>{t("editor.markdown")}</p>
        )}
      </section>
    </div>
  );
}

type SideProps = Readonly<{
  label: string;
  value: string;
  onChange: (text: string) => void;
  single?: boolean;
  focused?: boolean;
}>;

function Side({ label, value, onChange, single = false, focused = false }: SideProps) {
  const field = {
    value,
    maxLength: single ? LONGEST_CHOICE : LONGEST,
    // The next card is being written already.

    autoFocus: focused,
    onChange: (event: { target: { value: string } }) => {
      onChange(event.target.value);
    },
  };
  return (
    <label className={styles.field}>
      {label}
      {single ? <input autoComplete="off" {...field} /> : <textarea rows={3} {...field} />}
    </label>
  );
}

type ChoicesProps = Readonly<{ choices: readonly string[]; onChange: (choices: readonly string[]) => void }>;

/** The answers that are not right. */
function Choices({ choices, onChange }: ChoicesProps) {
  const { t } = useTranslation("decks");
  return (
    <fieldset className={styles.group}>
      <legend>{t("editor.wrongChoices")}</legend>
      {choices.map((choice, index) => (
        <div key={index} className={styles.line}>
          <span aria-hidden>{index + 1}</span>
          <input
            value={choice}
            maxLength={LONGEST_CHOICE}
            autoComplete="off"
            aria-label={t("editor.wrongChoice", { number: index + 1 })}
            onChange={(event) => {
              onChange(choices.map((other, at) => (at === index ? event.target.value : other)));
            }}
          />
          <IconButton
            label={t("editor.removeChoice", { number: index + 1 })}
            icon="close"
            disabled={choices.length === 1}
            onClick={() => {
              onChange(choices.filter((_, at) => at !== index));
            }}
          />
        </div>
      ))}
      {choices.length < MOST_CHOICES - 1 && (
        <Button
          icon="plus"
          onClick={() => {
            onChange([...choices, ""]);
          }}
        >
          {t("editor.addChoice")}
        </Button>
      )}
    </fieldset>
  );
}
