import { useState, type ReactNode } from "react";
import { Problem } from "~/api/problem";
import type { Wanted } from "../signIn/wanted";
import { ReauthenticationDialog } from "./ReauthenticationDialog";

type Reauthentication = Readonly<{
  /** Runs `work`; where the platform wants to know first who is there, asks for it and runs it again. Null when the
   * person would rather not. */
  reauthenticated: <T>(work: () => Promise<T>) => Promise<T | null>;
  /** Asks who is there; whether they have shown it. */
  confirmed: () => Promise<boolean>;
  /** To be drawn by whoever uses it. */
  dialog: ReactNode;
}>;

/** `wanted`: what `useGoOn` goes on with after a provider was asked who is there; without it, it has to be pressed once more. */
export function useReauthentication(wanted: Wanted | null = null): Reauthentication {
  const [resolve, setResolve] = useState<((shown: boolean) => void) | null>(null);
  const confirmed = async () => {
    const shown = await new Promise<boolean>((answer) => {
      setResolve(() => answer);
    });
    setResolve(null);
    return shown;
  };
  const reauthenticated = async <T,>(work: () => Promise<T>): Promise<T | null> => {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof Problem) || error.code !== "reauthentication_needed") throw error;
    }
    return (await confirmed()) ? work() : null;
  };
  const dialog = resolve && <ReauthenticationDialog wanted={wanted} onEnd={resolve} />;
  return { reauthenticated, confirmed, dialog };
}
