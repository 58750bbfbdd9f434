import {
  useEffect,
  useEffectEvent,
  useId,
  useRef,
  useState,
  type KeyboardEvent,
  type ReactNode,
  type SubmitEvent,
} from "react";
import { Icon } from "~/icons/Icon";
import { announce } from "./announce";
import styles from "./Combobox.module.css";

type Props<Option> = Readonly<{
  /** The label: shown above the field, or only for screen readers. */
  label: string;
  showLabel?: boolean;
  placeholder: string;
  longest: number;
  focused?: boolean;
  words: string;
  onType: (words: string) => void;
  /** Keep the same array as long as its content is the same. Until it is `settled`, it may belong to earlier words. */
  options: readonly Option[];
  settled: boolean;
  keyOf: (option: Option) => string;
  children: (option: Option) => ReactNode;
  onPick: (option: Option) => void;
  /** Enter without a pick: the words as they are. Left out, it picks the first option. */
  onWords?: (words: string) => void;
  /** Picking takes the focus from the field, which closes the keyboard of a phone. */
  leave?: boolean;
  texts: Readonly<{
    clear: string;
    /** Name of the list. */
    list: string;
    /** How many options there are, for those who listen. */
    count: string;
    /** Shown in the list when there are no options; left out, there is no list then. */
    none?: string;
  }>;
}>;

/** A field with suggestions below it while one types (WAI-ARIA APG, combobox with list autocomplete). */
export function Combobox<Option>(props: Props<Option>) {
  const { label, showLabel = false, focused = false, words, onType, options, settled, texts } = props;
  const { keyOf, children, onPick, onWords, leave = false } = props;
  const id = useId();
  const field = useRef<HTMLInputElement>(null);
  const list = useRef<HTMLDivElement>(null);
  const [open, setOpen] = useState(false);
  /** Enter was pressed before the options arrived: the first is picked when they do. */
  const [eager, setEager] = useState(false);
  /** The active option; another list resets it. */
  const [pointed, setPointed] = useState<Readonly<{ options: readonly Option[]; index: number }> | null>(
    null,
  );
  const typed = words.trim() !== "";
  const known = typed ? options : [];
  const ready = typed && settled;
  const active = ready && pointed?.options === options ? pointed.index : -1;
  const shown = open && (known.length > 0 || (ready && texts.none !== undefined));

  useEffect(() => {
    if (focused) field.current?.focus();
  }, [focused]);

  const said = known.length > 0 ? texts.count : (texts.none ?? texts.count);
  const news = open && ready ? said : null;
  useEffect(() => {
    if (news) announce(news);
  }, [news]);
  useEffect(() => {
    if (shown) list.current?.scrollIntoView({ block: "nearest" }); // not behind the navigation or a keyboard
  }, [shown, known.length]);
  useEffect(() => {
    if (active >= 0) list.current?.children[active]?.scrollIntoView({ block: "nearest" });
  }, [active]);

  const point = (index: number) => {
    setPointed(index < 0 ? null : { options, index });
  };
  const close = () => {
    setOpen(false);
    setEager(false);
    point(-1);
  };
  const pick = (option: Option) => {
    close();
    if (leave) field.current?.blur();
    onPick(option);
  };

  const arrived = useEffectEvent(() => {
    const [first] = known;
    setEager(false);
    if (first !== undefined) pick(first);
  });
  useEffect(() => {
    // Enter was pressed before the options arrived.
    // eslint-disable-next-line react-hooks/set-state-in-effect
    if (eager && ready) arrived();
  }, [eager, ready]);

  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (!typed) return;
    const chosen = shown ? known[active] : undefined;
    if (chosen !== undefined) pick(chosen);
    else if (onWords) {
      close();
      onWords(words.trim());
    } else {
      setOpen(true);
      setEager(true);
    }
  };

  const key = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return; // an arrow within Hangul that is being written
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === "Escape" && shown) {
      event.preventDefault();
      close();
    } else if (step !== undefined) {
      event.preventDefault();
      setOpen(true);
      if (ready) point(next(active, step, known.length, onWords !== undefined));
    } else if (["ArrowLeft", "ArrowRight", "Home", "End"].includes(event.key)) {
      point(-1); // these move within the words
    }
  };

  return (
    // Leaving the field and its list closes the list; nothing else is done by it.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <form
      role="search"
      className={styles.combobox}
      onSubmit={submit}
      onBlur={(event) => {
        if (!event.currentTarget.contains(event.relatedTarget)) close();
      }}
    >
      <label htmlFor={`${id}field`} className={showLabel ? styles.label : "visually-hidden"}>
        {label}
      </label>
      <div className={styles.field}>
        <Icon name="search" size="1.375rem" />
        <input
          ref={field}
          id={`${id}field`}
          type="text"
          role="combobox"
          inputMode="search"
          enterKeyHint="search"
          autoComplete="off"
          maxLength={props.longest}
          placeholder={props.placeholder}
          aria-expanded={shown}
          aria-controls={`${id}list`}
          aria-autocomplete="list"
          aria-activedescendant={shown && active >= 0 ? `${id}${active}` : undefined}
          value={words}
          onChange={(event) => {
            onType(event.target.value);
            setOpen(true);
            setEager(false);
          }}
          onKeyDown={key}
        />
        {words && (
          <button
            type="button"
            className={styles.clear}
            aria-label={texts.clear}
            onClick={() => {
              onType("");
              close();
              field.current?.focus();
            }}
          >
            <Icon name="close" size="1.125rem" />
          </button>
        )}
      </div>
      <div
        ref={list}
        id={`${id}list`}
        role="listbox"
        aria-label={texts.list}
        aria-busy={!ready}
        className={styles.list}
        hidden={!shown}
      >
        {known.map((option, index) => (
          // The keys are handled by the field, which keeps the focus.
          // eslint-disable-next-line jsx-a11y/click-events-have-key-events
          <div
            key={keyOf(option)}
            id={`${id}${index}`}
            role="option"
            tabIndex={-1}
            aria-selected={index === active}
            className={styles.option}
            onPointerDown={(event) => {
              event.preventDefault(); // the field would lose the focus and the list would go
            }}
            onClick={() => {
              pick(option);
            }}
          >
            {children(option)}
          </div>
        ))}
        {shown && known.length === 0 && (
          <div role="option" aria-selected={false} aria-disabled className={styles.none}>
            {texts.none}
          </div>
        )}
      </div>
    </form>
  );
}

/** The place after `index`, round and round; with `field` the field itself, -1, is one of the places. */
function next(index: number, step: number, count: number, field: boolean): number {
  if (count === 0) return -1;
  if (field) return ((index + 1 + step + count + 1) % (count + 1)) - 1;
  return index < 0 && step < 0 ? count - 1 : (index + step + count) % count;
}
