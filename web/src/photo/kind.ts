/** What a file is by its first bytes, whatever its name says; null when it is no picture that we know. */
export type Kind = "jpeg" | "png" | "webp" | "gif" | "heic" | "avif";

/** So many bytes are enough to tell. */
const HEAD = 32;

const HEIC_BRANDS = /^(heic|heix|heim|heis|hevc|hevx|hevm|hevs|mif1|msf1)$/;
const AVIF_BRANDS = /^avi[fs]$/;

export async function kindOf(file: Blob): Promise<Kind | null> {
  return kindOfBytes(new Uint8Array(await file.slice(0, HEAD).arrayBuffer()));
}

export function kindOfBytes(bytes: Uint8Array): Kind | null {
  const letters = (from: number, to: number) => String.fromCharCode(...bytes.subarray(from, to));
  if (letters(0, 3) === "\xff\xd8\xff") return "jpeg";
  if (letters(0, 4) === "\x89PNG") return "png";
  if (letters(0, 4) === "GIF8") return "gif";
  if (letters(0, 4) === "RIFF" && letters(8, 12) === "WEBP") return "webp";
  if (letters(4, 8) !== "ftyp") return null;
  // `mif1` is the family; what it really is may stand among the brands after it.
  const brands = [letters(8, 12), letters(16, 20), letters(20, 24), letters(24, 28), letters(28, 32)];
  if (brands.some((brand) => AVIF_BRANDS.test(brand))) return "avif";
  return brands.some((brand) => HEIC_BRANDS.test(brand)) ? "heic" : null;
}
