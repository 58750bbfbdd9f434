import type { Kind } from "./kind";

/**
 * Whether the end of a file is missing, as after a download that broke off. Browsers show what is there and grey for the
 * rest, which would be sent as the photo. False for kinds whose end nobody can tell.
 */
export function isCutOff(bytes: Uint8Array, kind: Kind): boolean {
  switch (kind) {
    case "jpeg":
      return !hasJpegEnd(bytes);
    case "png":
      return !bytes.subarray(-PNG_TAIL).some((_, at, tail) => lettersAt(tail, at) === "IEND");
    case "webp":
      return numberAt(bytes, 4, true) + 8 > bytes.length;
    case "heic":
    case "avif":
      return !hasWholeBoxes(bytes);
    case "gif":
      return false;
  }
}

/** Some bytes may follow the last chunk of a PNG. */
const PNG_TAIL = 4096;
const START_OF_SCAN = 0xda;
const END_OF_IMAGE = 0xd9;

/** An end marker after the first scan; phones append films to it. */
function hasJpegEnd(bytes: Uint8Array): boolean {
  let at = 2;
  while (at + 4 <= bytes.length) {
    const marker = bytes[at + 1] ?? 0;
    if (bytes[at] !== 0xff || marker === 0xff || marker === 0) at += 1;
    else if (marker === START_OF_SCAN) break;
    else at += 2 + Math.max(2, ((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0));
  }
  for (let end = bytes.length - 2; end > at; end--)
    if (bytes[end] === 0xff && bytes[end + 1] === END_OF_IMAGE) return true;
  return false;
}

/** Boxes (ISO/IEC 14496-12 §4.2) up to the end of the file, none of which promises more. */
function hasWholeBoxes(bytes: Uint8Array): boolean {
  let at = 0;
  while (at + 8 <= bytes.length) {
    const short = numberAt(bytes, at, false);
    if (short === 0) return true; // up to the end
    const size =
      short === 1 ? numberAt(bytes, at + 8, false) * 2 ** 32 + numberAt(bytes, at + 12, false) : short;
    if (size < 8) return true; // no box: not for us to say
    at += size;
  }
  return at === bytes.length;
}

function numberAt(bytes: Uint8Array, at: number, little: boolean): number {
  return at + 4 <= bytes.length
    ? new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(at, little)
    : 0;
}

function lettersAt(bytes: Uint8Array, at: number): string {
  return String.fromCharCode(...bytes.subarray(at, at + 4));
}
