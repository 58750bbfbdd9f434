import { useState, type SubmitEvent } from "react";
import { useTranslation } from "react-i18next";
import { addMessage } from "~/outbox/messages/queue";
import { Button, IconButton } from "~/ui/Button";
import { Sheet } from "~/ui/Sheet";
import { goToNewest } from "../store/conversation";
import styles from "../form.module.css";

const FEWEST = 2;
const MOST = 4;

/** Asks the room something, with two to four choices. */
export function PollMaker({ room }: Readonly<{ room: string }>) {
  const { t } = useTranslation("chat");
  const [open, setOpen] = useState(false);
  const close = () => {
    setOpen(false);
  };
  return (
    <>
      <IconButton
        label={t("poll.open")}
        icon="poll"
        onClick={() => {
          setOpen(true);
        }}
      />
      {open && <PollForm room={room} onClose={close} />}
    </>
  );
}

function PollForm({ room, onClose }: Readonly<{ room: string; onClose: () => void }>) {
  const { t } = useTranslation("chat");
  const [question, setQuestion] = useState("");
  const [choices, setChoices] = useState<readonly string[]>(["", ""]);
  const given = choices.map((choice) => choice.trim()).filter(Boolean);
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (!question.trim() || given.length < FEWEST) return;
    void addMessage({ room, content: question.trim(), choices: given });
    void goToNewest(room);
    onClose();
  };
  return (
    <Sheet title={t("poll.open")} onClose={onClose}>
      <form className={styles.form} onSubmit={submit}>
        <label className={styles.field}>
          {t("poll.question")}
          <input
            value={question}
            required
            maxLength={200}
            autoComplete="off"
            onChange={(event) => {
              setQuestion(event.target.value);
            }}
          />
        </label>
        {choices.map((choice, index) => (
          <label key={index} className={styles.field}>
            {t("poll.choice", { number: index + 1 })}
            <input
              value={choice}
              required={index < FEWEST}
              maxLength={60}
              autoComplete="off"
              onChange={(event) => {
                setChoices(choices.map((one, at) => (at === index ? event.target.value : one)));
              }}
            />
          </label>
        ))}
        {choices.length < MOST && (
          <Button
            icon="plus"
            onClick={() => {
              setChoices([...choices, ""]);
            }}
          >
            {t("poll.more")}
          </Button>
        )}
        <Button type="submit" variant="contained">
          {t("poll.ask")}
        </Button>
      </form>
    </Sheet>
  );
}
