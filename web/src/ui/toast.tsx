import { useEffect, useState, useSyncExternalStore } from "react";
import { useTranslation } from "react-i18next";
import { announce } from "./announce";
import { Button, IconButton } from "./Button";
import styles from "./toast.module.css";

type Toast = Readonly<{
  text: string;
  action?: Readonly<{ label: string; run: () => void }>;
  /** Stays until it is closed. */
  lasting?: boolean;
}>;

const SHORT_MS = 6_000;
const WITH_ACTION_MS = 12_000;

let shown: readonly (Toast & { id: number })[] = [];
let next = 0;
const listeners = new Set<() => void>();

/** Shows `toast` for a while and says it. What a person must not miss belongs on the page instead. */
export function toast(toast: Toast): void {
  change([...shown.slice(-2), { ...toast, id: next++ }]);
  announce(toast.text);
}

function close(id: number) {
  change(shown.filter((one) => one.id !== id));
}

function change(toasts: typeof shown) {
  shown = toasts;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Where toasts appear; once, in the shell. */
export function Toasts() {
  const toasts = useSyncExternalStore(subscribe, () => shown);
  const { t } = useTranslation();
  return (
    <section className={styles.toasts} aria-label={t("toasts")}>
      {toasts.map((one) => (
        <One
          key={one.id}
          toast={one}
          onClose={() => {
            close(one.id);
          }}
        />
      ))}
    </section>
  );
}

function One({ toast, onClose }: Readonly<{ toast: Toast; onClose: () => void }>) {
  const { t } = useTranslation();
  const [held, setHeld] = useState(false);
  useEffect(() => {
    if (held || toast.lasting) return;
    const timer = setTimeout(onClose, toast.action ? WITH_ACTION_MS : SHORT_MS);
    return () => {
      clearTimeout(timer);
    };
  }, [held, toast, onClose]);
  return (
    // Hover and focus only keep it open longer.
    // eslint-disable-next-line jsx-a11y/no-static-element-interactions
    <div
      className={styles.toast}
      onPointerEnter={() => {
        setHeld(true);
      }}
      onPointerLeave={() => {
        setHeld(false);
      }}
      onFocus={() => {
        setHeld(true);
      }}
      onBlur={() => {
        setHeld(false);
      }}
    >
      <p>{toast.text}</p>
      {toast.action && (
        <Button
          tone="inherit"
          onClick={() => {
            toast.action?.run();
            onClose();
          }}
        >
          {toast.action.label}
        </Button>
      )}
      <IconButton label={t("close")} icon="close" onClick={onClose} />
    </div>
  );
}
