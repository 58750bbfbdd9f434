import { useEffect, useMemo, useRef, type CompositionEvent, type KeyboardEvent, type RefObject } from "react";

/** Letters of Hangul, whole syllables and parts of one. */
const ENDS_IN_HANGUL = /[\u1100-\u11ff\u3130-\u318f\ua960-\ua97f\uac00-\ud7ff]$/;
/** The key code of a key press that an input method takes for itself (UI Events, "keyCode"). */
const TAKEN = 229;

/**
 * Enter sends, Shift+Enter begins a new line; where a finger types, Enter begins a new line and a button sends.
 *
 * Input methods: of Hangul, Enter ends the last syllable and sends at once, as Koreans expect it; of Japanese and Chinese the same
 * key chooses among words, so it sends nothing. Browsers tell of it in different orders, which all lead here to one `send`:
 * the key before the end of the composition (Chromium, with `isComposing`; WebKit now and then without), after it with the
 * code 229 (WebKit), and in both places (Chromium on a Mac).
 */
export function useEnterSends(field: RefObject<HTMLTextAreaElement | null>, send: () => void) {
  const sends = useMemo(() => !window.matchMedia("(pointer: coarse)").matches, []);
  const composing = useRef(false);
  const composed = useRef("");
  /** Send as soon as the composition has ended, if it was of Hangul. */
  const wanted = useRef(false);
  /** This press of Enter has done its work: nothing more follows from it until the key is up. */
  const spent = useRef(false);

  // The line that some input methods begin with the same Enter. React's own event of that name is another one.
  useEffect(() => {
    const element = field.current;
    const refuse = (event: InputEvent) => {
      const isLine = event.inputType === "insertLineBreak" || event.data === "\n";
      if (isLine && (spent.current || wanted.current)) event.preventDefault();
    };
    element?.addEventListener("beforeinput", refuse);
    return () => element?.removeEventListener("beforeinput", refuse);
  }, [field]);

  const sendSoon = () => {
    spent.current = true;
    setTimeout(send); // some browsers put the last letters into the field after they tell of them
  };

  return {
    sends,
    onKeyDown(event: KeyboardEvent<HTMLTextAreaElement>) {
      if (event.key !== "Enter" && !isTaken(event.nativeEvent)) {
        spent.current = false;
        return;
      }
      if (!isEnter(event.nativeEvent) || event.shiftKey || !sends) return;
      if (spent.current) {
        event.preventDefault();
        if (!event.repeat && !composing.current && !isTaken(event.nativeEvent)) spent.current = false;
        return;
      }
      if (composing.current || event.nativeEvent.isComposing) {
        wanted.current = true;
        return;
      }
      event.preventDefault();
      if (!isTaken(event.nativeEvent)) send();
      else if (ENDS_IN_HANGUL.test(composed.current)) sendSoon();
    },
    /** The button: what is being composed belongs to the message. */
    press: () => {
      if (composing.current) {
        field.current?.blur();
        field.current?.focus();
      }
      setTimeout(send);
    },
    handlers: {
      onCompositionStart() {
        composing.current = true;
        wanted.current = false;
        composed.current = "";
      },
      onCompositionUpdate(event: CompositionEvent) {
        if (event.data) composed.current = event.data;
      },
      onCompositionEnd(event: CompositionEvent) {
        composing.current = false;
        if (event.data) composed.current = event.data;
        if (wanted.current && ENDS_IN_HANGUL.test(composed.current)) sendSoon();
        else if (wanted.current) spent.current = true; // the word was chosen, and nothing else
        wanted.current = false;
      },
      onKeyUp(event: KeyboardEvent) {
        if (event.key === "Enter") spent.current = false;
      },
    },
  };
}

function isTaken(event: globalThis.KeyboardEvent): boolean {
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- nothing else tells it
  return event.keyCode === TAKEN;
}

/** An input method may keep the key's name to itself; its place on the keyboard is told all the same. */
function isEnter({ key, code }: globalThis.KeyboardEvent): boolean {
  return key === "Enter" || code === "Enter" || code === "NumpadEnter";
}
