import TextField from "@mui/material/TextField";
import { useState } from "react";
import { Button } from "~/ui/Button";
import { ErrorMessage } from "~/ui/ErrorMessage";
import { toast } from "~/ui/toast";
import type { ProfileChange } from "~/api/types";
import { useChange } from "./useProfile";
import styles from "./profile.module.css";

type Props = Readonly<{
  label: string;
  note?: string;
  /** As the profile has it. */
  value: string;
  longest: number;
  required?: boolean;
  autoComplete: string;
  changeTo: (value: string) => ProfileChange;
  texts: Readonly<{ save: string; saved: string }>;
}>;

/** A line of the profile with a button of its own. */
export function OneField({
  label,
  note,
  value,
  longest,
  required = false,
  autoComplete,
  changeTo,
  texts,
}: Props) {
  const [draft, setDraft] = useState<string | null>(null);
  const change = useChange();
  const save = () => {
    change.mutate(changeTo((draft ?? value).trim()), {
      onSuccess: () => {
        setDraft(null);
        toast({ text: texts.saved });
      },
    });
  };
  return (
    <form
      className={styles.stack}
      onSubmit={(event) => {
        event.preventDefault();
        if (!change.isPending) save();
      }}
    >
      <div className={styles.row}>
        <TextField
          label={label}
          helperText={note}
          value={draft ?? value}
          onChange={({ target }) => {
            setDraft(target.value);
          }}
          autoComplete={autoComplete}
          slotProps={{ htmlInput: { required, maxLength: longest } }}
        />
        <Button type="submit" variant="outlined" large busy={change.isPending}>
          {texts.save}
        </Button>
      </div>
      {change.isError && <ErrorMessage error={change.error} />}
    </form>
  );
}
