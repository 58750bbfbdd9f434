import { useRef, useState, type ChangeEvent, type CompositionEvent } from "react";
import { useDebounced } from "./useDebounced";

const PAUSE_MS = 250;

/** The words of a search field: what stands in it, and what is looked for. Letters that are being composed are no words yet. */
export function useSearchWords() {
  const [text, setText] = useState("");
  const [whole, setWhole] = useState("");
  const composing = useRef(false);
  const words = useDebounced(whole.trim(), PAUSE_MS);
  return {
    text,
    words: whole.trim() === "" ? "" : words,
    field: {
      value: text,
      onChange(event: ChangeEvent<HTMLInputElement>) {
        setText(event.target.value);
        if (!composing.current) setWhole(event.target.value);
      },
      onCompositionStart() {
        composing.current = true;
      },
      onCompositionEnd(event: CompositionEvent<HTMLInputElement>) {
        composing.current = false;
        setWhole(event.currentTarget.value);
      },
    },
    clear: () => {
      setText("");
      setWhole("");
    },
  };
}
