const EXIF_FLAG = 0x08; // RFC 9649 §2.7, in the first byte of VP8X
const ORIENTATION = 0x0112;
const SHORT = 3;
const MOST_TAGS = 1000;

/** How a camera was held (TIFF 6.0 §8): 1 is upright, 5 to 8 lie on their side. */
export type Orientation = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8;

export type Unturned = Readonly<{ file: Blob; orientation: Orientation }>;

/**
 * A WebP whose EXIF no decoder finds any more, and the orientation that it told: some browsers turn a WebP by its EXIF
 * and some do not, so that we turn it ourselves. Any other file comes back as it is.
 */
export async function unturned(file: Blob): Promise<Unturned> {
  const head = new DataView(await file.slice(0, 12).arrayBuffer());
  if (head.byteLength < 12 || name(head, 0) !== "RIFF" || name(head, 8) !== "WEBP")
    return { file, orientation: 1 };
  const view = new DataView(await file.arrayBuffer());
  let orientation: Orientation | undefined;
  for (let at = 12; at + 8 <= view.byteLength;) {
    const length = view.getUint32(at + 4, true);
    const body = at + 8;
    if (name(view, at) === "VP8X" && body < view.byteLength)
      view.setUint8(body, view.getUint8(body) & ~EXIF_FLAG);
    if (name(view, at) === "EXIF") {
      orientation ??= orientationOf(view, body, Math.min(body + length, view.byteLength)); // the first one counts
      view.setUint32(at, 0x4a554e4b); // "JUNK": chunks of unknown names are passed over
    }
    at = body + length + (length % 2);
  }
  return { file: new Blob([view.buffer], { type: "image/webp" }), orientation: orientation ?? 1 };
}

/** From a TIFF block, with or without its `Exif` prefix; 1 when it says nothing readable. */
function orientationOf(view: DataView, start: number, end: number): Orientation {
  const tiff = end - start > 6 && name(view, start) === "Exif" ? start + 6 : start;
  const block = new DataView(view.buffer, tiff, Math.max(0, end - tiff));
  try {
    return fromDirectory(block);
  } catch {
    return 1; // it ends too early
  }
}

function fromDirectory(block: DataView): Orientation {
  const order = block.getUint16(0);
  const little = order === 0x4949;
  if ((!little && order !== 0x4d4d) || block.getUint16(2, little) !== 42) return 1;
  const start = block.getUint32(4, little);
  const count = Math.min(block.getUint16(start, little), MOST_TAGS);
  for (let index = 0; index < count; index++) {
    const entry = start + 2 + 12 * index;
    if (block.getUint16(entry, little) !== ORIENTATION) continue;
    const value = block.getUint16(entry + 8, little);
    const fits = block.getUint16(entry + 2, little) === SHORT && value >= 1 && value <= 8;
    return fits ? (value as Orientation) : 1;
  }
  return 1;
}

const name = (view: DataView, at: number) =>
  String.fromCharCode(...[0, 1, 2, 3].map((index) => view.getUint8(at + index)));
