import { lazy, type ComponentType } from "react";
import type { Language } from "~/preferences/store";

/** What a feature finds by somebody's words, shown below the items that the words name. */
export type Finder = Readonly<{
  label: Readonly<Record<Language, string>>;
  /** Whether there is anything of this person to be found; nothing is fetched or asked for before. */
  isWanted: () => boolean;
  /** Shows nothing where nothing is found. */
  Component: ComponentType<Found>;
}>;

export type Found = Readonly<{ words: string; title: string }>;

/** A finder that is fetched when somebody searches. Where that fails, what others find is shown without it. */
export function finder(
  label: Finder["label"],
  load: () => Promise<{ default: ComponentType<Found> }>,
  isWanted = () => true,
): Finder {
  return { label, isWanted, Component: lazy(() => load().catch(() => ({ default: () => null }))) };
}

const known: Finder[] = [];

/** Makes the finder of a feature known. */
export function addFinder(finder: Finder): void {
  known.push(finder);
}

/** Those that are wanted, in the order of the navigation. */
export function finders(): readonly Finder[] {
  return known.filter(({ isWanted }) => isWanted());
}
