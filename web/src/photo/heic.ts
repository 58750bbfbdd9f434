/** The file is not built as this code knows it, so it cannot tell which notes would be left in it. */
export class UnknownLayout extends Error {}

type Span = Readonly<{ from: number; to: number }>;
/** A box begins at `at`, its content at `from`. */
type Box = Span & Readonly<{ type: string; at: number }>;
/** What happens to a box: copied; copied and its content filtered; only its head copied; or made free space. */
type Fate = "whole" | "inside" | "head" | "free";

/** What becomes of a box within another: only what shows the pictures is kept. */
const FATES = {
  file: { ftyp: "whole", meta: "inside", mdat: "head", others: "free" },
  meta: {
    hdlr: "whole",
    dinf: "whole",
    pitm: "whole",
    iinf: "whole",
    iloc: "whole",
    iref: "whole",
    grpl: "whole",
    iprp: "inside",
    idat: "head",
    others: "free",
  },
  iprp: { ipma: "whole", ipco: "inside", others: "free" },
  // Properties are called by their number: none is taken out, and what decodes nothing becomes free space.
  ipco: {
    udes: "free", // a description
    altt: "free",
    crtt: "free", // when it was taken
    mdft: "free",
    uuid: "free",
    free: "free",
    skip: "free",
    others: "whole",
  },
} as const satisfies Record<string, Readonly<Record<string, Fate>>>;

/** Items that are pictures, or say how pictures make one. */
const PICTURES = new Set(["hvc1", "av01", "grid", "iden", "iovl", "tmap"]);

/** Replaces notes (EXIF, XMP), so that readers find empty notes and not broken ones. */
const WORDLESS = new Map([
  ["Exif", latin1("\0\0\0\0MM\0*\0\0\0\x08\0\0\0\0\0\0")], // where TIFF begins, and one with an empty directory
  ["mime application/rdf+xml", latin1('<x:xmpmeta xmlns:x="adobe:ns:meta/"/>')],
]);

/** A phone's photo has some hundred boxes side by side at most, and a `meta` of some ten kilobytes. */
const MOST_BOXES = 4096;
const MOST_META = 2 ** 20;

/**
 * A copy of a HEIC or AVIF (ISO/IEC 14496-12, 23008-12) with what shows its pictures. The rest – EXIF, XMP, makers' boxes, a motion
 * photo's film, bytes that belong to nothing – is zero and as long as before: no offset moves. How a picture is turned is a
 * property of its own and stays. Throws UnknownLayout.
 */
export function withoutNotes(file: Uint8Array): Uint8Array<ArrayBuffer> {
  const outer = boxes(file, { from: 0, to: file.length });
  if (outer[0]?.type !== "ftyp") throw new UnknownLayout("no ftyp");
  // Brands of a sequence promise its film: without it the file would not open, and a film has notes of its own.
  if (outer.some(({ type }) => type === "moov")) throw new UnknownLayout("a sequence");
  const meta = only(outer, "meta");
  if (meta.to - meta.from > MOST_META) throw new UnknownLayout("a large meta");
  const inner = boxes(file, within(meta));
  const kinds = kindsOf(file, only(inner, "iinf"));
  const isPicture = (item: number) => PICTURES.has(kinds.get(item) ?? "");
  if (!isPicture(primaryOf(file, only(inner, "pitm")))) throw new UnknownLayout("no picture");
  const places = placesOf(file, only(inner, "iloc"), [
    outer.filter(({ type }) => type === "mdat"),
    inner.filter(({ type }) => type === "idat"),
  ]);

  const clean = new Uint8Array(file.length);
  copyBoxes(file, clean, "file", outer);
  for (const { from, to } of pictureSpans(places, isPicture)) clean.set(file.subarray(from, to), from);
  for (const [item, [first]] of places) {
    const wordless = WORDLESS.get(kinds.get(item) ?? "");
    if (first && wordless && wordless.length <= first.to - first.from) clean.set(wordless, first.from);
  }
  return clean;
}

function copyBoxes(
  file: Uint8Array,
  clean: Uint8Array,
  parent: keyof typeof FATES,
  children: readonly Box[],
): void {
  const fates: Readonly<{ others: Fate } & Record<string, Fate>> = FATES[parent];
  for (const box of children) {
    const fate = fates[box.type] ?? fates.others;
    const { from } = within(box);
    clean.set(file.subarray(box.at, fate === "whole" ? box.to : fate === "inside" ? from : box.from), box.at);
    if (fate === "free") clean.set(latin1("free"), box.at + 4);
    if (fate === "inside") copyBoxes(file, clean, box.type as keyof typeof FATES, boxes(file, within(box)));
  }
}

/** Boxes from one end of `span` to the other, without a gap. */
function boxes(file: Uint8Array, span: Span): Box[] {
  const found: Box[] = [];
  const reader = new Reader(file, span);
  while (reader.at < span.to) {
    const at = reader.at;
    const short = reader.number(4);
    const type = reader.letters(4);
    const size = short === 1 ? reader.number(8) : short || span.to - at; // 0: the last one, up to the end
    found.push({ type, at, from: reader.at, to: at + size });
    reader.go(at + size);
    if (found.length > MOST_BOXES) throw new UnknownLayout("too many boxes");
  }
  return found;
}

/** Where the boxes within `box` are. */
function within({ type, from, to }: Box): Span {
  return { from: type === "meta" ? from + 4 : from, to }; // after version and flags
}

function only(among: readonly Box[], type: string): Box {
  const [box, second] = among.filter((one) => one.type === type);
  if (!box || second) throw new UnknownLayout(`not one ${type}`);
  return box;
}

/** The primary item. */
function primaryOf(file: Uint8Array, pitm: Box): number {
  const reader = new Reader(file, pitm);
  return reader.version() === 0 ? reader.number(2) : reader.number(4);
}

/** What each item is: its type, and its media type where it has one. */
function kindsOf(file: Uint8Array, iinf: Box): Map<number, string> {
  const kinds = new Map<number, string>();
  const reader = new Reader(file, iinf);
  reader.number(reader.version() === 0 ? 2 : 4); // how many: the boxes themselves say it, too
  for (const box of boxes(file, { from: reader.at, to: iinf.to })) {
    if (box.type !== "infe") throw new UnknownLayout("not an infe");
    const entry = new Reader(file, box);
    const version = entry.version();
    if (version !== 2 && version !== 3) throw new UnknownLayout("an old infe");
    const item = entry.number(version === 2 ? 2 : 4);
    entry.number(2); // protection
    let kind = entry.letters(4);
    if (kind === "mime") {
      entry.text(); // its name
      kind = `mime ${entry.text()}`;
    }
    if (kinds.has(item)) throw new UnknownLayout("an item twice");
    kinds.set(item, kind);
  }
  return kinds;
}

/** Where each item's bytes are, in order; `bodies` are the boxes that may hold them, by construction method. */
function placesOf(file: Uint8Array, iloc: Box, bodies: readonly (readonly Box[])[]): Map<number, Span[]> {
  const places = new Map<number, Span[]>();
  const reader = new Reader(file, iloc);
  const version = reader.version();
  if (version > 2) throw new UnknownLayout("a new iloc");
  const [offset, length] = halves(reader.number(1));
  const [base, index] = halves(reader.number(1)); // the latter is reserved in version 0
  if (length === 0 || ![offset, length, base, version && index].every((size) => [0, 4, 8].includes(size))) {
    throw new UnknownLayout("numbers of another size");
  }
  const wide = version === 2 ? 4 : 2;
  for (let left = reader.number(wide); left > 0; left--) {
    const item = reader.number(wide);
    if (places.has(item)) throw new UnknownLayout("an item twice");
    const method = version === 0 ? 0 : reader.number(2) & 15;
    const holders = bodies[method];
    if (!holders) throw new UnknownLayout("made of other items");
    if (reader.number(2) !== 0) throw new UnknownLayout("in another file");
    const origin = reader.number(base) + (method === 1 ? (holders[0]?.from ?? 0) : 0);
    const spans: Span[] = [];
    for (let extents = reader.number(2); extents > 0; extents--) {
      if (version > 0) reader.number(index);
      const from = origin + reader.number(offset);
      const to = from + reader.number(length);
      // No length would mean all there is.
      if (from === to || !holders.some((holder) => holder.from <= from && to <= holder.to)) {
        throw new UnknownLayout("an extent out of bounds");
      }
      spans.push({ from, to });
    }
    places.set(item, spans);
  }
  return places;
}

/** Where pictures are, in order and once each. Throws where one shares bytes with anything else. */
function pictureSpans(
  places: ReadonlyMap<number, readonly Span[]>,
  isPicture: (item: number) => boolean,
): Span[] {
  const all = [...places].flatMap(([item, spans]) =>
    spans.map((span) => ({ ...span, kept: isPicture(item) })),
  );
  all.sort((one, other) => one.from - other.from);
  const kept: Span[] = [];
  let pictures = 0; // up to where they were seen
  let notes = 0;
  for (const span of all) {
    if (span.from < (span.kept ? notes : pictures)) throw new UnknownLayout("notes in a picture");
    if (!span.kept) notes = Math.max(notes, span.to);
    else if (span.to > pictures) {
      kept.push({ from: Math.max(span.from, pictures), to: span.to });
      pictures = span.to;
    }
  }
  return kept;
}

function halves(byte: number): [high: number, low: number] {
  return [byte >> 4, byte & 15];
}

function latin1(text: string): Uint8Array {
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0));
}

/** Reads big-endian from `at` on and never over the end. */
class Reader {
  at: number;
  readonly #to: number;
  readonly #file: Uint8Array;

  constructor(file: Uint8Array, { from, to }: Span) {
    this.#file = file;
    this.at = from;
    this.#to = to;
  }

  go(to: number): void {
    if (to < this.at || to > this.#to) throw new UnknownLayout("beyond the end");
    this.at = to;
  }

  number(bytes: number): number {
    const from = this.at;
    this.go(from + bytes);
    let value = 0;
    for (const byte of this.#file.subarray(from, this.at)) value = value * 256 + byte;
    if (value > Number.MAX_SAFE_INTEGER) throw new UnknownLayout("beyond any file");
    return value;
  }

  letters(count: number): string {
    const from = this.at;
    this.go(from + count);
    return String.fromCharCode(...this.#file.subarray(from, this.at));
  }

  /** Letters up to a zero. */
  text(): string {
    let text = "";
    for (let letter = this.letters(1); letter !== "\0"; letter = this.letters(1)) text += letter;
    return text;
  }

  /** Of a box that has one; its flags are skipped. */
  version(): number {
    const version = this.number(1);
    this.number(3);
    return version;
  }
}
