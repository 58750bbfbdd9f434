import type { ComponentProps } from "react";
import styles from "./Chip.module.css";

/** A small choice among others, with a sign before its words; with `aria-pressed` a switch. */
export function Chip(props: Omit<ComponentProps<"button">, "className">) {
  return <button type="button" className={styles.chip} {...props} />;
}
