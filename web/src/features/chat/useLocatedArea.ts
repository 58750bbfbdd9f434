import { useState } from "react";
import { locate, LocateError, type LocateFailure } from "~/ui/locate";
import { geohash } from "./text/geohash";

/** The neighbourhood that this device is in, as five letters, after the person has asked for it. */
export function useLocatedArea(onArea: (area: string) => void) {
  const [asking, setAsking] = useState(false);
  const [failure, setFailure] = useState<LocateFailure | null>(null);
  const find = async () => {
    setAsking(true);
    setFailure(null);
    try {
      onArea(geohash(await locate()));
    } catch (error) {
      setFailure(error instanceof LocateError ? error.why : "unavailable");
    } finally {
      setAsking(false);
    }
  };
  return { asking, failure, find: () => void find() };
}
