/** In an order that does not tell which is right, and is the same when the page is drawn again (FNV-1a of each with `seed`). */
export function mixed(choices: readonly string[], seed: string): readonly string[] {
  const hash = (text: string) => {
    let value = 0x811c9dc5;
    for (const letter of text) value = Math.imul(value ^ (letter.codePointAt(0) ?? 0), 0x01000193) >>> 0;
    return value;
  };
  return [...choices].sort((a, b) => hash(seed + a) - hash(seed + b));
}
