import type { Page } from "@playwright/test";

type Picture = Readonly<{ name: string; mimeType: string; buffer: Buffer }>;

/** A bottle, drawn; `seed` makes it another picture. Nobody can be sure what it is made of: the coach asks. */
export async function drawn(page: Page, seed: number, type = "image/png"): Promise<Picture> {
  const bytes = await page.evaluate(
    async ({ seed, type }) => {
      const paper = Object.assign(document.createElement("canvas"), { width: 900, height: 1200 });
      const pen = paper.getContext("2d");
      if (!pen) throw new Error("no canvas");
      pen.fillStyle = "#cfd3d6";
      pen.fillRect(0, 0, 900, 1200);
      pen.fillStyle = `hsl(${(seed * 47) % 360} 45% 40%)`;
      pen.fillRect(380, 120 + (seed % 40), 140, 300);
      pen.fillRect(310, 380, 280, 620 + (seed % 60));
      pen.fillStyle = "#ffffff88";
      pen.fillRect(340, 430, 30, 480);
      const blob = await new Promise<Blob | null>((resolve) => paper.toBlob(resolve, type, 0.9));
      return [...new Uint8Array((await blob?.arrayBuffer()) ?? new ArrayBuffer(0))];
    },
    { seed, type },
  );
  return { name: "photo", mimeType: type, buffer: Buffer.from(bytes) };
}

/** A picture of one colour: a covered lens, a blank wall. */
export async function plain(page: Page, colour: string): Promise<Picture> {
  const bytes = await page.evaluate(async (colour) => {
    const paper = Object.assign(document.createElement("canvas"), { width: 640, height: 480 });
    const pen = paper.getContext("2d");
    if (!pen) throw new Error("no canvas");
    pen.fillStyle = colour;
    pen.fillRect(0, 0, 640, 480);
    const blob = await new Promise<Blob | null>((resolve) => paper.toBlob(resolve, "image/jpeg", 0.9));
    return [...new Uint8Array((await blob?.arrayBuffer()) ?? new ArrayBuffer(0))];
  }, colour);
  return { name: "photo", mimeType: "image/jpeg", buffer: Buffer.from(bytes) };
}

/** The first two thirds of a picture, as a download that broke off leaves them. */
export function cut(picture: Picture): Picture {
  return { ...picture, buffer: picture.buffer.subarray(0, (picture.buffer.length * 2) / 3) };
}

/** The same JPEG as a camera would write it: with the place where it was taken and a maker's name. */
export function withExif(jpeg: Buffer): Buffer {
  // TIFF, big endian, one directory of two entries: Make (ASCII) and the pointer to a GPS directory with one entry.
  const make = Buffer.from("SECRET-CAMERA\0");
  const tiff = Buffer.alloc(38);
  tiff.write("MM\0*\0\0\0\x08", 0, "latin1");
  tiff.writeUInt16BE(2, 8);
  tiff.set([0x01, 0x0f, 0, 2, 0, 0, 0, make.length, 0, 0, 0, 56], 10);
  tiff.set([0x88, 0x25, 0, 4, 0, 0, 0, 1, 0, 0, 0, 38], 22);
  const gps = Buffer.from([0, 1, 0, 1, 0, 2, 0, 0, 0, 2, 0x4e, 0, 0, 0, 0, 0, 0, 0]); // GPSLatitudeRef = "N"
  const body = Buffer.concat([Buffer.from("Exif\0\0"), tiff, gps, make]);
  const head = Buffer.from([0xff, 0xe1, 0, 0]);
  head.writeUInt16BE(body.length + 2, 2);
  return Buffer.concat([jpeg.subarray(0, 2), head, body, jpeg.subarray(2)]);
}

/** Two things that the tests' detector knows (detector.py), far from each other. */
export async function twoThings(page: Page): Promise<Picture> {
  const bytes = await page.evaluate(async () => {
    const paper = Object.assign(document.createElement("canvas"), { width: 960, height: 960 });
    const pen = paper.getContext("2d");
    if (!pen) throw new Error("no canvas");
    pen.fillStyle = "#cfd3d6";
    pen.fillRect(0, 0, 960, 960);
    pen.fillStyle = "#ff00ff";
    pen.fillRect(0, 0, 320, 320);
    pen.fillStyle = "#00ffff";
    pen.fillRect(640, 640, 320, 320);
    const blob = await new Promise<Blob | null>((resolve) => paper.toBlob(resolve, "image/png"));
    return [...new Uint8Array((await blob?.arrayBuffer()) ?? new ArrayBuffer(0))];
  });
  return { name: "photo", mimeType: "image/png", buffer: Buffer.from(bytes) };
}

/** A WebP of four colours as a camera held in another way would store it: red is upper left when it is upright. */
export async function turnedWebp(page: Page, orientation: 3 | 6): Promise<Picture> {
  const bytes = await page.evaluate(async (orientation) => {
    const [width, height] = orientation === 6 ? [200, 320] : [320, 200];
    const paper = Object.assign(document.createElement("canvas"), { width, height });
    const pen = paper.getContext("2d");
    if (!pen) throw new Error("no canvas");
    if (orientation === 6) pen.setTransform(0, -1, 1, 0, 0, 320);
    else pen.setTransform(-1, 0, 0, -1, 320, 200);
    for (const [index, colour] of ["#c81e1e", "#1ea03c", "#1e3cbe", "#dcc828"].entries()) {
      pen.fillStyle = colour;
      pen.fillRect((index % 2) * 160, Math.floor(index / 2) * 100, 160, 100);
    }
    const blob = await new Promise<Blob | null>((resolve) => paper.toBlob(resolve, "image/webp", 0.95));
    return [...new Uint8Array((await blob?.arrayBuffer()) ?? new ArrayBuffer(0))];
  }, orientation);
  return { name: "photo", mimeType: "image/webp", buffer: orientedWebp(Buffer.from(bytes), orientation) };
}

/** The same file with an EXIF chunk (RFC 9649 §2.7): a canvas of its size, its picture, its orientation. */
function orientedWebp(plain: Buffer, orientation: 3 | 6): Buffer {
  const chunk = (name: string, body: Buffer) => {
    const head = Buffer.from(`${name}0000`);
    head.writeUInt32LE(body.length, 4);
    return Buffer.concat([head, body, Buffer.alloc(body.length % 2)]);
  };
  const [width, height] = orientation === 6 ? [200, 320] : [320, 200];
  const canvas = Buffer.alloc(10);
  canvas[0] = 0x08;
  canvas.writeUIntLE(width - 1, 4, 3);
  canvas.writeUIntLE(height - 1, 7, 3);
  const exif = Buffer.from([
    0x4d,
    0x4d,
    0,
    42,
    0,
    0,
    0,
    8,
    0,
    1,
    1,
    0x12,
    0,
    3,
    0,
    0,
    0,
    1,
    0,
    orientation,
    0,
    0,
  ]);
  const picture =
    plain.subarray(12).toString("latin1", 0, 4) === "VP8X" ? plain.subarray(30) : plain.subarray(12);
  const body = [Buffer.from("WEBP"), chunk("VP8X", canvas), picture, chunk("EXIF", exif)];
  return chunk("RIFF", Buffer.concat(body));
}
