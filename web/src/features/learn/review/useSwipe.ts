import { useRef, type PointerEvent } from "react";
import type { RatingName } from "~/api/types";

/** As far as a finger has to go, in CSS pixels, and mostly sideways. */
const FAR = 80;

/** To the left a card was forgotten, to the right it was known. By a finger only, and beside the buttons. */
export function useSwipe(rate: ((rating: RatingName) => void) | null) {
  const from = useRef<Readonly<{ x: number; y: number; id: number }> | null>(null);
  return {
    onPointerDown({ pointerType, isPrimary, clientX, clientY, pointerId }: PointerEvent<HTMLElement>) {
      from.current = pointerType === "touch" && isPrimary ? { x: clientX, y: clientY, id: pointerId } : null;
    },
    onPointerUp({ clientX, clientY, pointerId }: PointerEvent<HTMLElement>) {
      const start = from.current;
      from.current = null;
      if (!rate || start?.id !== pointerId) return;
      const [x, y] = [clientX - start.x, clientY - start.y];
      if (Math.abs(x) < FAR || Math.abs(x) < 2 * Math.abs(y)) return;
      rate(x > 0 ? "good" : "again");
    },
    onPointerCancel() {
      from.current = null;
    },
  };
}
