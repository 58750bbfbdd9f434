import { lazy, Suspense, useState } from "react";
import { loadCatalogues } from "~/i18n";
import type { IconName } from "~/icons/Icon";
import { Button } from "~/ui/Button";

// Few who see the button press it: the rest comes when they do.
const RoomChoice = lazy(async () => {
  const [module] = await Promise.all([import("./RoomChoice"), loadCatalogues(["chat"])]);
  return module;
});

type Props = Readonly<{
  label: string;
  icon: IconName;
  /** Puts something into the chosen room. What it throws is said where the room was chosen. */
  onChoose: (roomId: string) => Promise<unknown>;
}>;

/** A button that puts something into one of the person's rooms, and goes there. */
export function RoomButton({ label, icon, onChoose }: Props) {
  const [open, setOpen] = useState(false);
  return (
    <div>
      <Button
        variant="outlined"
        tone="inherit"
        icon={icon}
        onClick={() => {
          setOpen(true);
        }}
      >
        {label}
      </Button>
      {open && (
        <Suspense>
          <RoomChoice
            title={label}
            onChoose={onChoose}
            onClose={() => {
              setOpen(false);
            }}
          />
        </Suspense>
      )}
    </div>
  );
}
