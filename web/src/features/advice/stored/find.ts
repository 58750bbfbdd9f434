/** Search by words on this device, simpler than that of the server: a name, its beginning, or one inside the other. */
import type { Match, StoredItem } from "~/api/types";
import { folded, tokens } from "./keystrokes";

type Name = Readonly<{ text: string; keys: string; words: readonly string[]; glued: boolean }>;
export type Index = readonly Readonly<{ item: StoredItem; names: readonly Name[] }>[];

/** Keys of the shortest Korean name that counts inside a longer word: shorter ones are in many. */
const SHORTEST_INSIDE = 5;

/** What `find` looks through, to be made once for a list of items. */
export function makeIndex(items: readonly StoredItem[]): Index {
  return items.map((item) => ({ item, names: item.names.map(name) }));
}

function name(written: string): Name {
  const words = tokens(written);
  // eslint-disable-next-line no-control-regex -- ASCII is Latin without accents
  const glued = !/^[\x00-\x7f]*$/.test(written);
  return { text: withoutSpaces(written), keys: words.join(""), words, glued };
}

/** The items that `words` name, best first: `sure` are those called so, the others have a name like it. */
export function find(index: Index, words: string, limit: number): Match[] {
  const asked = name(words);
  if (asked.keys === "") return [];
  return index
    .map(({ item, names }) => ({ item, score: Math.max(...names.map((one) => likeness(asked, one))) }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score)
    .slice(0, limit)
    .map(({ item, score }) => matchOf(item, score));
}

/** 1 for the name itself, in singular or plural; else below 1, and 0 where they have nothing in common. */
function likeness(asked: Name, known: Name): number {
  if (asked.keys === known.keys || (!asked.glued && !known.glued && singular(asked) === singular(known)))
    return 1;
  const [shorter, longer] = [asked.keys.length, known.keys.length].sort((a, b) => a - b);
  const share = (shorter ?? 0) / (longer ?? 1);
  if (known.keys.startsWith(asked.keys)) return 0.8 + 0.15 * share;
  if (known.words.some((_, start) => known.words.slice(start).join("").startsWith(asked.keys)))
    return 0.6 + 0.15 * share;
  if (holds(asked, known)) return 0.4 + 0.15 * share;
  if (asked.glued && known.text.includes(asked.text)) return 0.2 + 0.15 * share;
  return 0;
}

/** Whether the words `asked` hold the name: as words, or glued to others as Korean does. */
function holds(asked: Name, known: Name): boolean {
  if (known.keys === "") return false;
  if (` ${asked.words.join(" ")} `.includes(` ${known.words.join(" ")} `)) return true;
  return known.glued && known.keys.length >= SHORTEST_INSIDE && asked.text.includes(known.text);
}

function singular({ keys }: Name): string {
  return keys.replace(/(?:(?<=x|ch|sh)es|(?<=[^s])s)$/, "");
}

function withoutSpaces(text: string): string {
  return folded(text).replace(/\s+/g, "");
}

function matchOf({ item, name, material, form, disposal }: StoredItem, score: number): Match {
  const { category, category_name } = disposal;
  return { item, name, category, category_name, material, form, score, sure: score === 1 };
}
