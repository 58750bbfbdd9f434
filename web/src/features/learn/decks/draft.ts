/** A card as it is being written, and what the server is told of it. */
import type { Card, CardKind, NewCard } from "~/api/types";
import { tagsIn } from "./tags";

/** A card as it stands in the fields. */
export type Draft = Readonly<{
  kind: CardKind;
  front: string;
  back: string;
  choices: readonly string[];
  /** A line each. */
  accepted: string;
  tags: string;
  bothWays: boolean;
}>;

/** Of a card that nobody has begun. */
export const EMPTY: Draft = {
  kind: "flip",
  front: "",
  back: "",
  choices: ["", ""],
  accepted: "",
  tags: "",
  bothWays: false,
};

export function draftOf({ kind, front, back, choices, accepted, tags }: Card): Draft {
  const others = choices.filter((choice) => choice !== back);
  return {
    kind,
    front,
    back,
    choices: kind === "choice" ? others : EMPTY.choices,
    accepted: accepted.join("\n"),
    tags: tags.join(" "),
    bothWays: false,
  };
}

/** What the server is told of a draft. */
export function toCard({
  kind,
  front,
  back,
  choices,
  accepted,
  tags,
}: Draft): Omit<NewCard, "deck_id" | "both_ways"> {
  const right = back.trim();
  const others = choices.map((choice) => choice.trim()).filter((choice) => choice && choice !== right);
  return {
    kind,
    front: front.trim(),
    back: right,
    choices: kind === "choice" ? [...new Set([right, ...others])] : [],
    accepted: kind === "typed" || kind === "title" ? lines(accepted) : [],
    tags: tagsIn(tags),
  };
}

function lines(text: string): string[] {
  return [...new Set(text.split("\n").map((line) => line.trim()))].filter(Boolean).slice(0, 20);
}

/** Whether a draft lacks something, and what; null when it can be saved. */
export function missing({ kind, front, back, choices }: Draft): "front" | "back" | "choices" | null {
  if (!front.trim()) return "front";
  if (!back.trim()) return "back";
  const others = choices.filter((choice) => choice.trim() && choice.trim() !== back.trim());
  return kind === "choice" && others.length === 0 ? "choices" : null;
}
