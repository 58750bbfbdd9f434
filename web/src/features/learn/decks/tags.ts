const MOST = 20;
const LONGEST = 40;

/** The tags that somebody wrote beside each other, with spaces, commas or # between them; each once. */
export function tagsIn(text: string): string[] {
  const words = text
    .normalize("NFC")
    .split(/[\s,#]+/)
    .filter(Boolean);
  return [...new Set(words.map((word) => word.slice(0, LONGEST)))].slice(0, MOST);
}
