import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, data } from "~/api/client";
import styles from "./CoachPage.module.css";

const LOOKED_AT_EVERY_MS = 15_000;
const ARRIVING = ["fetching", "preparing"];

/** A line while the installation gets a stronger network, and once when it is there. It changes nothing of the page. */
export function Arriving() {
  const { t } = useTranslation("coach");
  const [awaited, setAwaited] = useState(false);
  const { data: state } = useQuery({
    queryKey: ["open-vocabulary"],
    queryFn: () => data(api.GET("/api/v1/waste/open-vocabulary")),
    refetchInterval: ({ state: { data: now } }) =>
      now && ARRIVING.includes(now.phase) ? LOOKED_AT_EVERY_MS : false,
    staleTime: 60_000,
    retry: false,
  });
  if (!state) return null;
  const arriving = ARRIVING.includes(state.phase);
  if (arriving && !awaited) setAwaited(true);
  if (!arriving && !(awaited && state.phase === "ready")) return null;
  const percent = state.total ? Math.floor((100 * state.done) / state.total) : 0;
  return (
    <p className={styles.arriving}>
      {t(`arriving.${state.phase as "fetching" | "preparing" | "ready"}`, { percent })}{" "}
      <span>
        {state.name} · {state.licence}
      </span>
    </p>
  );
}
