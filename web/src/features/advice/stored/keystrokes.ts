/**
 * Writes text as the keys that type it, as the server does (kit/keystrokes.py): half a syllable is a prefix (`페트ㅂ`), and
 * text typed with the keyboard left in English (`vpxmqud`) is the same word.
 */

const LONGEST = 200;
const INITIALS = split("r r s e e f a q q t t d w w c z x v g");
const VOWELS = split("k o i o j p u p h hk ho hl y n nj np nl b m ml l");
const FINALS = ["", ...split("r r rt s sw sg e f fr fa fq ft fx fv fg a q qt t t d w c z x v g")];
const [FIRST_SYLLABLE, LAST_SYLLABLE] = [0xac00, 0xd7a3];
/** Letters standing alone, as NFKC leaves them. */
const ALONE = [
  [0x1100, INITIALS],
  [0x1161, VOWELS],
  [0x11a7, FINALS],
] as const;

function split(keys: string): readonly string[] {
  return keys.split(" ");
}

/** The first 200 characters of `text` in NFKC, without case. */
export function folded(text: string): string {
  return Array.from(text).slice(0, LONGEST).join("").normalize("NFKC").toLowerCase();
}

/** The keys of each word of `text`: ASCII lower-case letters and digits only. */
export function tokens(text: string): string[] {
  const words = folded(text).match(/[\p{L}\p{N}_]+/gu) ?? [];
  return words.map((word) => Array.from(word, keysOf).join("")).filter((keys) => keys !== "");
}

/** The keys that type `text`, without spaces and signs. */
export function keystrokes(text: string): string {
  return tokens(text).join("");
}

function keysOf(letter: string): string {
  const code = letter.codePointAt(0) ?? 0;
  if (code >= FIRST_SYLLABLE && code <= LAST_SYLLABLE) {
    const place = code - FIRST_SYLLABLE;
    const rest = Math.floor(place / FINALS.length);
    const initial = INITIALS[Math.floor(rest / VOWELS.length)] ?? "";
    return initial + (VOWELS[rest % VOWELS.length] ?? "") + (FINALS[place % FINALS.length] ?? "");
  }
  for (const [base, row] of ALONE)
    if (code >= base && code < base + row.length) return row[code - base] ?? "";
  const [plain = ""] = letter.normalize("NFKD");
  return /^[a-z0-9]$/.test(plain) ? plain : "";
}
