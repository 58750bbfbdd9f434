/** As many as one looks through at a glance. */
const MOST = 8;

let known: readonly string[] | null = null;

function allZones(): readonly string[] {
  known ??= Intl.supportedValuesOf("timeZone");
  return known;
}

/** IANA names that have `words` in them, or, for words in other letters, whose name in `language` has. */
export function suggestZones(words: string, language: string): readonly string[] {
  const wanted = words.trim().toLowerCase();
  if (!wanted) return [];
  const name = wanted.replaceAll(" ", "_");
  const found = allZones().filter((zone) => zone.toLowerCase().includes(name));
  if (found.length > 0 || !/[^\u0020-\u007e]/.test(wanted)) return found.slice(0, MOST);
  return allZones()
    .filter((zone) => nameOfZone(zone, language).toLowerCase().includes(wanted))
    .slice(0, MOST);
}

/** “중부 유럽 시간” for Europe/Berlin. */
export function nameOfZone(zone: string, language: string): string {
  return part(zone, language, { timeZoneName: "longGeneric" }, "timeZoneName");
}

/** What the clocks show there; empty for a zone that this browser does not know. */
export function timeIn(zone: string, language: string, now: Date = new Date()): string {
  try {
    return new Intl.DateTimeFormat(language, { timeZone: zone, timeStyle: "short" }).format(now);
  } catch {
    return "";
  }
}

function part(
  zone: string,
  language: string,
  options: Intl.DateTimeFormatOptions,
  type: Intl.DateTimeFormatPartTypes,
): string {
  const parts = new Intl.DateTimeFormat(language, { ...options, timeZone: zone }).formatToParts(0);
  return parts.find((one) => one.type === type)?.value ?? "";
}
