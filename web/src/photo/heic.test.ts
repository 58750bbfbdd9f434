import { describe, expect, it } from "vitest";
import { UnknownLayout, withoutNotes } from "./heic";
import { AVIF, HEIC } from "./heic.samples";

type Bytes = Uint8Array<ArrayBuffer>;

const letters = (bytes: Uint8Array) => new TextDecoder("latin1").decode(bytes);
const latin1 = (text: string): Bytes => Uint8Array.from(text, (letter) => letter.charCodeAt(0));
const joined = (...parts: readonly Uint8Array[]): Bytes =>
  Uint8Array.from(parts.flatMap((part) => Array.from(part)));

/** `value` in so many bytes, big-endian. */
const number = (bytes: number, value: number): Bytes =>
  Uint8Array.from({ length: bytes }, (_, at) => Math.floor(value / 256 ** (bytes - 1 - at)) % 256);

const box = (type: string, ...parts: readonly Uint8Array[]): Bytes => {
  const content = joined(...parts);
  return joined(number(4, 8 + content.length), latin1(type), content);
};

const full = (type: string, version: number, ...parts: readonly Uint8Array[]) =>
  box(type, number(1, version), number(3, 0), ...parts);

/** Several `data` are several extents. */
type Item = Readonly<{
  id: number;
  type: string;
  media?: string;
  data: readonly string[];
  idat?: boolean;
  method?: number;
  reference?: number;
  infe?: number;
}>;

const PICTURE: Item = { id: 1, type: "hvc1", data: ["PICTURE-LEFT", "PICTURE-RIGHT"] };
const EXIF: Item = { id: 2, type: "Exif", data: ["\0\0\0\0MM\0*SECRET-CAMERA", "SECRET-PLACE"] };
const XMP: Item = { id: 3, type: "mime", media: "application/rdf+xml", data: ["<x:SECRET-XMP>"] };

type Layout = Readonly<{
  items?: readonly Item[];
  version?: number;
  sizes?: readonly [offset: number, length: number, base: number, index: number];
  primary?: number;
  /** Besides. */
  outer?: readonly Uint8Array[];
  inner?: readonly Uint8Array[];
  properties?: readonly Uint8Array[];
  /** The extents of the second item, shifted and stretched. */
  shift?: number;
  stretch?: number;
}>;

/** A file as a camera would write it, with the media first so that its offsets are known. */
function composed({
  items = [PICTURE, EXIF, XMP],
  version = 1,
  sizes = [4, 4, 4, 0],
  primary = 1,
  outer = [],
  inner = [],
  properties = [],
  shift = 0,
  stretch = 0,
}: Layout = {}): Bytes {
  const [offset, length, base, index] = sizes;
  const ftyp = box("ftyp", latin1("heic\0\0\0\0mif1heic"));
  const bodies = { mdat: "SECRET-LEFTOVER", idat: "" };
  const start = ftyp.length + 8;
  const wide = version === 2 ? 4 : 2;
  const entries = items.map(({ id, data, idat, method = idat ? 1 : 0, reference = 0 }) => {
    const origin = idat ? 0 : start;
    const extents = data.map((text) => {
      const body = idat ? "idat" : "mdat";
      const at = origin + bodies[body].length + (id === 2 ? shift : 0);
      bodies[body] += text;
      const far = at - (base ? origin : 0);
      return joined(
        number(version > 0 ? index : 0, 7),
        number(offset, far),
        number(length, text.length + (id === 2 ? stretch : 0)),
      );
    });
    return joined(
      number(wide, id),
      number(version === 0 ? 0 : 2, method),
      number(2, reference),
      number(base, origin),
      number(2, extents.length),
      ...extents,
    );
  });
  const infes = items.map(({ id, type, media, infe = 2 }) =>
    full(
      "infe",
      infe,
      number(infe === 3 ? 4 : 2, id),
      number(2, 0),
      latin1(`${type}\0`),
      latin1(media ? `${media}\0\0` : ""),
    ),
  );
  const half = (high: number, low: number) => number(1, high * 16 + low);
  return joined(
    ftyp,
    box("mdat", latin1(bodies.mdat)),
    full(
      "meta",
      0,
      full("hdlr", 0, latin1("\0\0\0\0pict\0\0\0\0\0\0\0\0\0\0\0\0\0")),
      full("pitm", 0, number(2, primary)),
      full("iinf", 0, number(2, items.length), ...infes),
      box("iprp", box("ipco", box("irot", number(1, 1)), ...properties), full("ipma", 0, number(4, 0))),
      full(
        "iloc",
        version,
        half(offset, length),
        half(base, version === 0 ? 0 : index),
        number(wide, items.length),
        ...entries,
      ),
      ...(bodies.idat ? [box("idat", latin1(bodies.idat))] : []),
      ...inner,
    ),
    ...outer,
  );
}

describe.each([
  { name: "HEIC", file: HEIC, notes: [0x243, 0x3e8] as const },
  { name: "AVIF", file: AVIF, notes: [0x19c, 0x335] as const },
])("a real $name", ({ file, notes: [from, to] }) => {
  it("loses its notes and nothing else", () => {
    const clean = withoutNotes(file);
    expect(letters(file)).toContain("SECRET");
    expect(letters(clean)).not.toContain("SECRET");
    expect(clean.length).toBe(file.length);
    expect(clean.subarray(0, from)).toEqual(file.subarray(0, from));
    expect(clean.subarray(to)).toEqual(file.subarray(to));
    // EXIF with an empty directory, XMP without a word.
    expect(letters(clean.subarray(from, to)).split("\0").join("")).toBe(
      `MM*\b<x:xmpmeta xmlns:x="adobe:ns:meta/"/>`,
    );
  });

  it("stays as it is without any", () => {
    const clean = withoutNotes(file);
    expect(withoutNotes(clean)).toEqual(clean);
  });
});

describe("what cameras do differently", () => {
  it.each<[string, Layout]>([
    ["no construction method", { version: 0, sizes: [4, 4, 0, 0] }],
    ["a base", { version: 0, sizes: [4, 4, 4, 0] }],
    ["long numbers", { sizes: [8, 8, 8, 0] }],
    ["numbered extents", { sizes: [4, 8, 0, 4] }],
    [
      "long numbers of items",
      { version: 2, items: [PICTURE, EXIF, XMP].map((item) => ({ ...item, infe: 3 })) },
    ],
    ["a grid in idat", { items: [{ ...PICTURE, type: "grid", idat: true }, EXIF, XMP] }],
    ["all in idat", { items: [PICTURE, EXIF, XMP].map((item) => ({ ...item, idat: true })) }],
    ["notes first", { items: [XMP, EXIF, PICTURE] }],
    ["notes of a kind that we do not know", { items: [PICTURE, { ...EXIF, type: "note" }] }],
    ["notes that call themselves a picture", { items: [PICTURE, { ...XMP, media: "hvc1" }] }],
    ["an item without data", { items: [PICTURE, { ...EXIF, type: "iden", data: [] }] }],
    ["a motion photo", { outer: [box("mpvd", box("moov", latin1("SECRET-FILM")))] }],
    ["a maker's box", { outer: [box("uuid", latin1("0123456789abcdefSECRET"))] }],
    ["space that is not empty", { outer: [box("free", latin1("SECRET"))] }],
    ["a long box", { outer: [joined(number(4, 1), latin1("uuid"), number(8, 22), latin1("SECRET"))] }],
    ["a box up to the end", { outer: [joined(number(4, 0), latin1("uuid"), latin1("SECRET"))] }],
    ["XML in meta", { inner: [box("xml ", latin1("SECRET"))] }],
    ["a description", { properties: [full("udes", 0, latin1("ko\0SECRET\0"))] }],
  ])("%s", (_, layout) => {
    const file = composed(layout);
    const clean = withoutNotes(file);
    expect(letters(file)).toContain("SECRET");
    expect(letters(clean)).not.toContain("SECRET");
    expect(letters(clean)).toContain("PICTURE-LEFTPICTURE-RIGHT");
    expect(letters(clean)).toContain("irot");
    expect(clean.length).toBe(file.length);
  });

  it("leaves nothing of notes too short for any", () => {
    const clean = withoutNotes(composed({ items: [PICTURE, { ...EXIF, data: ["SECRET"] }] }));
    expect(letters(clean)).not.toContain("SECRET");
    expect(letters(clean)).not.toContain("MM");
  });

  it("leaves properties their numbers", () => {
    const described = full("udes", 0, latin1("SECRET"));
    const clean = withoutNotes(composed({ properties: [described, box("imir", number(1, 1))] }));
    expect(letters(clean)).toContain(`irot\x01\0\0\0\x12free${"\0".repeat(10)}\0\0\0\x09imir\x01`);
  });
});

describe("what nobody can vouch for is refused", () => {
  it.each<[string, Uint8Array]>([
    ["nothing", new Uint8Array()],
    ["a head alone", latin1("\0\0\0\x18ftypheic\0\0\0\0mif1heic")],
    ["another beginning", box("meta", composed())],
    ["cut off", HEIC.subarray(0, -1)],
    ["cut off in meta", HEIC.subarray(0, 300)],
    ["bytes behind the last box", joined(HEIC, latin1("SECRET!"))],
    ["a sequence", composed({ outer: [box("moov")] })],
    ["two metas", composed({ outer: [full("meta", 0)] })],
    ["two lists of places", composed({ inner: [full("iloc", 0)] })],
    ["a huge meta", composed({ inner: [box("free", new Uint8Array(2 ** 20))] })],
    ["no picture", composed({ primary: 2 })],
    ["a primary item that is not there", composed({ primary: 9 })],
    ["notes beyond the end", composed({ shift: 10_000 })],
    ["notes that overlap the picture", composed({ shift: -20 })],
    ["notes over the end", composed({ stretch: 10_000 })],
    ["a place beyond what numbers can say", composed({ sizes: [8, 8, 8, 0], shift: 2 ** 60 })],
    ["notes without a length", composed({ items: [PICTURE, { ...EXIF, data: [""] }] })],
    ["places without a length", composed({ sizes: [4, 0, 0, 0] })],
    ["numbers of three bytes", composed({ sizes: [3, 4, 0, 0] })],
    ["made of other items", composed({ items: [PICTURE, { ...EXIF, method: 2 }] })],
    ["idat without one", composed({ items: [PICTURE, { ...EXIF, method: 1 }] })],
    ["in another file", composed({ items: [PICTURE, { ...EXIF, reference: 1 }] })],
    ["an item twice", composed({ items: [PICTURE, { ...PICTURE, type: "Exif" }] })],
    ["items of before HEIC", composed({ items: [PICTURE, { ...EXIF, infe: 1 }] })],
    ["new places", composed({ version: 3 })],
  ])("%s", (_, file) => {
    expect(() => withoutNotes(file)).toThrow(UnknownLayout);
  });
});

describe("spoilt files", () => {
  it.each([
    ["HEIC", HEIC],
    ["AVIF", AVIF],
    ["by hand", composed({ version: 2, items: [PICTURE, EXIF, { ...XMP, idat: true }] })],
  ])("%s: cleaned at their length, or refused", (_, file) => {
    const random = dice(file.length);
    const count = { cleaned: 0, refused: 0 };
    for (let round = 0; round < 3000; round++) {
      const spoilt = file.slice(0, random(4) ? file.length : random(file.length));
      for (let times = random(6); times >= 0; times--) {
        const at = random(random(2) ? spoilt.length : Math.min(spoilt.length, 512));
        spoilt[at] = [0, 1, 0x7f, 0x80, 0xff, random(256)][random(6)] ?? 0;
      }
      try {
        expect(withoutNotes(spoilt).length).toBe(spoilt.length);
        count.cleaned++;
      } catch (error) {
        expect(error).toBeInstanceOf(UnknownLayout);
        count.refused++;
      }
    }
    expect(count.cleaned).toBeGreaterThan(100);
    expect(count.refused).toBeGreaterThan(100);
  });
});

/** The same throws in every run (mulberry32): `random(n)` is from 0 up to n − 1. */
function dice(seed: number): (sides: number) => number {
  let state = seed;
  return (sides) => {
    state = (state + 0x6d2b79f5) | 0;
    let bits = Math.imul(state ^ (state >>> 15), state | 1);
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61);
    return ((bits ^ (bits >>> 14)) >>> 0) % Math.max(1, sides);
  };
}
