import { useEffect, useEffectEvent } from "react";
import type { PasskeyAnswer } from "~/api/types";
import { shownPasskey } from "./ask";
import { canFillIn } from "./webauthn";

/** A challenge is good for five minutes: before that the field gets another one. */
const RENEW_MS = 4 * 60_000;

type Options = Readonly<{
  /** The page has a field with `autocomplete="… webauthn"`, and nothing else is going on. */
  enabled: boolean;
  onShown: (answer: PasskeyAnswer) => void;
  /** The platform has none here, or nobody answered. */
  onFailed: (error: unknown) => void;
}>;

/** Lets the browser offer passkeys in a field, among what it fills in, as long as the page stays. */
export function useAutofill({ enabled, onShown, onFailed }: Options): void {
  const shown = useEffectEvent(onShown);
  const failed = useEffectEvent(onFailed);
  useEffect(() => {
    if (!enabled) return;
    const leaving = new AbortController();
    void offer(leaving.signal).then(
      (answer) => {
        if (answer && !leaving.signal.aborted) shown(answer);
      },
      (error: unknown) => {
        if (!leaving.signal.aborted) failed(error);
      },
    );
    return () => {
      leaving.abort();
    };
  }, [enabled]);
}

async function offer(leaving: AbortSignal): Promise<PasskeyAnswer | null> {
  if (!(await canFillIn())) return null;
  for (;;) {
    const round = new AbortController();
    const end = () => {
      round.abort();
    };
    const timer = setTimeout(end, RENEW_MS);
    leaving.addEventListener("abort", end);
    try {
      return await shownPasskey({ signal: round.signal, inField: true });
    } catch (error) {
      if (leaving.aborted) return null;
      if (!round.signal.aborted) throw error;
    } finally {
      clearTimeout(timer);
      leaving.removeEventListener("abort", end);
    }
  }
}
