import { Button } from "./Button";

type Props = Readonly<{ no: string; yes: string; busy: boolean; onNo: () => void; onYes: () => void }>;

/** The answers to “Really?” (`useConfirmation`): what cannot be undone comes last, and is red. */
export function NoOrYes({ no, yes, busy, onNo, onYes }: Props) {
  return (
    <>
      <Button variant="outlined" tone="inherit" onClick={onNo}>
        {no}
      </Button>
      <Button variant="contained" tone="bad" busy={busy} onClick={onYes}>
        {yes}
      </Button>
    </>
  );
}
