import { useEffect } from "react";
import type { RatingName } from "~/api/types";
import { RATINGS } from "./Ratings";

type Keys = Readonly<{
  /** Shows the other side; null where that is done otherwise, or done. */
  turn: (() => void) | null;
  /** Rates the card; null before it was answered. */
  rate: ((rating: RatingName) => void) | null;
  /** What space and Enter say; null where the person is to choose. */
  suggested: RatingName | null;
}>;

/** Space and Enter turn a card and say what is suggested, 1 to 4 rate it. What has the focus keeps its own keys. */
export function useKeys({ turn, rate, suggested }: Keys): void {
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.repeat || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
      const target = event.target instanceof HTMLElement ? event.target : document.body;
      if (target.matches("input, textarea, select, dialog *")) return;
      const rating = RATINGS[Number(event.key) - 1];
      const forward =
        (event.key === " " || event.key === "Enter") && !target.matches("button, a[href], summary");
      const act = forward
        ? (turn ?? (rate && suggested && (() => rate(suggested))))
        : rating && rate && (() => rate(rating));
      if (!act) return;
      event.preventDefault();
      act();
    };
    document.addEventListener("keydown", press);
    return () => {
      document.removeEventListener("keydown", press);
    };
  }, [turn, rate, suggested]);
}
