import type { Reviewed } from "~/api/types";

/** How the server graded a typed answer; by `person` where it could not, and the person is to say. */
export type Grade = NonNullable<Reviewed["grade"]>;

/** What the server pushes as `cardGraded` when a language model has looked at an answer, or could not. */
export type CardGraded = Readonly<{
  review_id: string;
  card_id: string;
  grade: Grade;
  /** False: the grade is still the built-in one, and nothing more comes. */
  model_answered: boolean;
  /** When the card comes back in a step of minutes; null for days. */
  due_at: string | null;
}>;

export function isCardGraded(document: unknown): document is CardGraded {
  if (typeof document !== "object" || document === null) return false;
  const { review_id, grade } = document as Partial<CardGraded>;
  return typeof review_id === "string" && typeof grade === "object" && typeof grade.rating === "string";
}
