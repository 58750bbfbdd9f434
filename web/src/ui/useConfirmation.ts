import { useEffect, useRef, useState } from "react";

/**
 * A question that stands in for the button that asks it, as "Really?" does. Each takes the focus from the other: give
 * `question` to the element around the question (with `tabIndex={-1}`) and `trigger` to the button.
 */
export function useConfirmation() {
  const [asking, setAsking] = useState(false);
  const question = useRef<HTMLDivElement>(null);
  const trigger = useRef<HTMLButtonElement>(null);
  const before = useRef(asking);

  useEffect(() => {
    if (before.current === asking) return;
    before.current = asking;
    (asking ? question : trigger).current?.focus();
  }, [asking]);

  return { asking, setAsking, question, trigger };
}
