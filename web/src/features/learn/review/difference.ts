/** What changed between two texts, word by word. */

export type Piece = Readonly<{ kind: "same" | "gone" | "added"; text: string }>;

/** Beyond this the texts are shown whole: the table below has as many cells as the product of both. */
const MOST_WORDS = 400;

/** The pieces of both texts in order: the longest words that both have stay (longest common subsequence). */
export function difference(before: string, now: string): readonly Piece[] {
  const [a, b] = [words(before), words(now)];
  if (a.length > MOST_WORDS || b.length > MOST_WORDS)
    return [
      { kind: "gone", text: before },
      { kind: "added", text: now },
    ];
  const longest = lengths(a, b);
  const pieces: Piece[] = [];
  const add = (kind: Piece["kind"], word: string) => {
    const last = pieces.at(-1);
    if (last?.kind === kind) pieces[pieces.length - 1] = { kind, text: `${last.text} ${word}` };
    else pieces.push({ kind, text: word });
  };
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    const [gone, added] = [a[i], b[j]];
    if (gone !== undefined && gone === added) {
      add("same", gone);
      i += 1;
      j += 1;
    } else if (
      gone !== undefined &&
      (added === undefined || at(longest, i + 1, j) >= at(longest, i, j + 1))
    ) {
      add("gone", gone);
      i += 1;
    } else if (added !== undefined) {
      add("added", added);
      j += 1;
    }
  }
  return pieces;
}

function words(text: string): string[] {
  return text.split(/\s+/).filter(Boolean);
}

function at(table: readonly (readonly number[])[], i: number, j: number): number {
  return table[i]?.[j] ?? 0;
}

function lengths(a: readonly string[], b: readonly string[]): number[][] {
  const table = a.map(() => b.map(() => 0));
  for (let i = a.length - 1; i >= 0; i--)
    for (let j = b.length - 1; j >= 0; j--) {
      const row = table[i];
      if (row)
        row[j] =
          a[i] === b[j] ? at(table, i + 1, j + 1) + 1 : Math.max(at(table, i + 1, j), at(table, i, j + 1));
    }
  return table;
}
