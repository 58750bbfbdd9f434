import { useSyncExternalStore } from "react";

type Spoken = Readonly<{ polite: string; assertive: string }>;

let spoken: Spoken = { polite: "", assertive: "" };
const listeners = new Set<() => void>();

/** Has screen readers say `text`. `assertive` interrupts: for failures only. */
export function announce(text: string, urgency: keyof Spoken = "polite"): void {
  // The same words again would not be read: a no-break space makes them another text.
  spoken = { ...spoken, [urgency]: spoken[urgency] === text ? `${text}\u00a0` : text };
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** The regions that screen readers listen to; once, in the shell. */
export function Announcer() {
  const { polite, assertive } = useSyncExternalStore(subscribe, () => spoken);
  return (
    <div className="visually-hidden">
      <div role="status" aria-live="polite">
        {polite}
      </div>
      <div role="alert" aria-live="assertive">
        {assertive}
      </div>
    </div>
  );
}
