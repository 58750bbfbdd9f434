import table from "./signs.json";

/** What a step looks like (pictograms.tsx). */
export type Sign =
  | "gas"
  | "erase"
  | "phone"
  | "insulate"
  | "battery"
  | "cut"
  | "wrap"
  | "write"
  | "cap_on"
  | "cap_off"
  | "label"
  | "tape"
  | "empty"
  | "rinse"
  | "dry"
  | "flatten"
  | "unfold"
  | "tie"
  | "seal"
  | "apart"
  | "look"
  | "collect";

const SIGNS = table as [Sign, string[]][];

/**
 * The sign of a step, by its words: steps come as sentences, in either language and from several writers. The first line
 * of signs.json that fits wins; null where none does, and then the number of the step has to do.
 */
export function signOf(step: string): Sign | null {
  const said = step.toLowerCase();
  return SIGNS.find(([, words]) => words.some((word) => said.includes(word)))?.[0] ?? null;
}
