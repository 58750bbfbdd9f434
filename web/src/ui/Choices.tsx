import { useId, type ReactNode } from "react";
import styles from "./Choices.module.css";

type Choice<T extends string> = Readonly<{ value: T; label: ReactNode; icon?: ReactNode; lang?: string }>;

type Props<T extends string> = Readonly<{
  /** What is chosen, for those who listen. */
  label: string;
  choices: readonly Choice<T>[];
  value: T;
  onChange: (value: T) => void;
}>;

/** One of a few, as large buttons side by side. Radio buttons underneath: arrows move, the group is one tab stop. */
export function Choices<T extends string>({ label, choices, value, onChange }: Props<T>) {
  const name = useId();
  return (
    <fieldset className={styles.choices}>
      <legend className="visually-hidden">{label}</legend>
      {choices.map((choice) => (
        <label key={choice.value} className={styles.choice} lang={choice.lang}>
          <input
            type="radio"
            name={name}
            value={choice.value}
            checked={choice.value === value}
            onChange={() => {
              onChange(choice.value);
            }}
          />
          {choice.icon}
          <span>{choice.label}</span>
        </label>
      ))}
    </fieldset>
  );
}
