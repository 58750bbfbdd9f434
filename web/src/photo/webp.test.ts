import { describe, expect, it } from "vitest";
import { unturned } from "./webp";

const chunk = (name: string, body: number[]) => [
  ...new TextEncoder().encode(name),
  ...[0, 8, 16, 24].map((shift) => (body.length >> shift) & 255),
  ...body,
  ...(body.length % 2 ? [0] : []),
];

function webp(...chunks: number[][]): Blob {
  const body = [...new TextEncoder().encode("WEBP"), ...chunks.flat()];
  return new Blob([new Uint8Array(chunk("RIFF", body))], { type: "image/webp" });
}

const canvas = chunk("VP8X", [0x18, 0, 0, 0, 9, 0, 0, 9, 0, 0]);
const picture = chunk("VP8L", [0x2f, 1, 2, 3, 4]);
const big = (orientation: number, kind = 3) => [
  ...[0x4d, 0x4d, 0, 42, 0, 0, 0, 8, 0, 1],
  ...[1, 0x12, 0, kind, 0, 0, 0, 1, 0, orientation, 0, 0],
];
const little = (orientation: number) => [
  ...[0x49, 0x49, 42, 0, 8, 0, 0, 0, 1, 0],
  ...[0x12, 1, 3, 0, 1, 0, 0, 0, orientation, 0, 0, 0],
];
const prefix = [...new TextEncoder().encode("Exif"), 0, 0];

describe("the orientation of a WebP", () => {
  it.each([
    ["big endian", big(6), 6],
    ["little endian", little(8), 8],
    ["with a prefix", [...prefix, ...little(3)], 3],
    ["of another type", big(6, 4), 1],
    ["beyond eight", big(9), 1],
    ["cut off", big(6).slice(0, 14), 1],
    ["empty", [], 1],
    ["no TIFF", [...prefix, 1, 2, 3, 4, 5, 6, 7, 8], 1],
  ])("%s", async (_, exif, orientation) => {
    expect((await unturned(webp(canvas, picture, chunk("EXIF", exif)))).orientation).toBe(orientation);
  });

  it("is that of the first block", async () => {
    const file = webp(canvas, picture, chunk("EXIF", big(6)), chunk("EXIF", big(3)));
    expect((await unturned(file)).orientation).toBe(6);
  });
});

describe("the file that is decoded", () => {
  it("tells no decoder of its EXIF", async () => {
    const { file } = await unturned(webp(canvas, picture, chunk("EXIF", big(6))));
    expect(await bytes(file)).toEqual(
      await bytes(webp(chunk("VP8X", [0x10, 0, 0, 0, 9, 0, 0, 9, 0, 0]), picture, chunk("JUNK", big(6)))),
    );
  });

  it.each([
    ["a JPEG", new Blob([new Uint8Array([0xff, 0xd8, 0xff, 0xe0, ...Array<number>(20).fill(0)])])],
    ["an empty one", new Blob([])],
    ["another RIFF", new Blob(["RIFF0000WAVEfmt "])],
  ])("is the same for %s", async (_, file) => {
    expect(await unturned(file)).toEqual({ file, orientation: 1 });
  });

  it("survives a chunk that ends behind the file", async () => {
    const whole = await bytes(webp(canvas, picture));
    const cut = new Blob([new Uint8Array(whole.slice(0, -4))]);
    expect((await unturned(cut)).orientation).toBe(1);
  });
});

async function bytes(blob: Blob): Promise<number[]> {
  return [...new Uint8Array(await blob.arrayBuffer())];
}
