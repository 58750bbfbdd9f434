import { useState } from "react";
import { useTranslation } from "react-i18next";
import { announce } from "~/ui/announce";
import { locate, LocateError, type LocateFailure } from "~/ui/locate";
import type { LatLng } from "../map/mercator";

/** Asks this device for its location on demand, and tells why it could not be had. */
export function useLocating(onHere: (here: LatLng) => void) {
  const { t } = useTranslation("bins");
  const [asking, setAsking] = useState(false);
  const [failure, setFailure] = useState<LocateFailure | null>(null);

  const find = async () => {
    setAsking(true);
    setFailure(null);
    try {
      onHere(await locate());
    } catch (error) {
      const why = error instanceof LocateError ? error.why : "unavailable";
      setFailure(why);
      announce(`${t(`locate.${why}`)} ${t("locate.instead")}`, "assertive");
    } finally {
      setAsking(false);
    }
  };

  return {
    asking,
    failure,
    find: () => {
      if (!asking) void find();
    },
    clearFailure: () => {
      setFailure(null);
    },
  };
}

export type Locating = ReturnType<typeof useLocating>;
