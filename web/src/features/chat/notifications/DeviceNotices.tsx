import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { describe } from "~/api/describe";
import { Button } from "~/ui/Button";
import { toast } from "~/ui/toast";
import { Refused } from "../Refused";
import { start } from "./background";
import { PushFailed, pushState, turnOff, turnOn, type PushState } from "./push";
import styles from "./notifications.module.css";

const STATE = ["push"] as const;

/** Whether this device is told; null until that is known. */
export function usePushState(): PushState | null {
  const query = useQuery({ queryKey: STATE, queryFn: pushState, staleTime: 0, networkMode: "always" });
  return query.data ?? null;
}

type Props = Readonly<{
  /** Only what can be done now: a room's menu offers it, and leaves the rest to the page of notices. */
  short?: boolean;
}>;

/** Turns notices on and off for this device. The browser is asked after a press and not before. */
export function DeviceNotices({ short = false }: Props) {
  const { t } = useTranslation("notifications");
  const queries = useQueryClient();
  const state = usePushState();
  const change = useMutation({
    mutationFn: async (on: boolean) => {
      if (on) {
        const now = await turnOn();
        if (now === "on") start();
        return now;
      }
      await turnOff();
      return "off" as const;
    },
    onSuccess: (now, wanted) => {
      queries.setQueryData(STATE, now);
      if (now === "on") toast({ text: t("turnedOn") });
      else if (wanted) toast({ text: t("refused") });
      else toast({ text: t("turnedOff") });
    },
  });
  const isOn = state === "on";
  if (state === null || (short && state !== "off")) return null;
  return (
    <div className={styles.device}>
      {!short && <p>{t(state)}</p>}
      {(state === "on" || state === "off") && (
        <Button
          icon="bell"
          variant={short ? "text" : isOn ? "outlined" : "contained"}
          busy={change.isPending}
          onClick={() => change.mutate(!isOn)}
        >
          {t(isOn ? "turnOff" : "turnOn")}
        </Button>
      )}
      {change.isError && (
        <Refused>
          {change.error instanceof PushFailed ? t("failed") : describe(change.error).sentence}
        </Refused>
      )}
    </div>
  );
}
