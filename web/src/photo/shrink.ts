import { unturned, type Orientation } from "./webp";

/** The longest side that is sent, in pixels: the model takes a smaller one, and a person sees no difference. */
export const LONGEST = 1600;
const QUALITY = 0.85;

export type Size = Readonly<{ width: number; height: number }>;

/** `size` in the same proportions, its longest side `LONGEST` pixels at most. */
export function fitted({ width, height }: Size, longest = LONGEST): Size {
  const scale = Math.min(1, longest / Math.max(width, height));
  const side = (length: number) => Math.max(1, Math.round(length * scale));
  return { width: side(width), height: side(height) };
}

/**
 * The picture upright, small and without anything that was written into the file (place, camera, time): a JPEG of its
 * pixels alone. Runs in a worker where there is one. Rejects when this browser cannot read the file.
 */
export async function shrink(photo: Blob): Promise<Blob> {
  const { file, orientation } = await unturned(photo);
  const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
  try {
    const stored = fitted(picture);
    const size = orientation >= 5 ? { width: stored.height, height: stored.width } : stored;
    const { pen, jpeg } = paper(size);
    if (!pen) throw new Error("no canvas");
    pen.fillStyle = "#ffffff"; // what was transparent would turn black
    pen.fillRect(0, 0, size.width, size.height);
    pen.imageSmoothingQuality = "high";
    pen.setTransform(...turn(orientation, size));
    pen.drawImage(picture, 0, 0, stored.width, stored.height);
    return await jpeg();
  } finally {
    picture.close();
  }
}

type Matrix = [number, number, number, number, number, number];

/** What puts a stored picture upright on a paper of `size` (TIFF 6.0 §8), as a canvas takes it. */
export function turn(orientation: Orientation, { width, height }: Size): Matrix {
  const turns: Record<Orientation, Matrix> = {
    1: [1, 0, 0, 1, 0, 0],
    2: [-1, 0, 0, 1, width, 0],
    3: [-1, 0, 0, -1, width, height],
    4: [1, 0, 0, -1, 0, height],
    5: [0, 1, 1, 0, 0, 0],
    6: [0, 1, -1, 0, width, 0],
    7: [0, -1, -1, 0, width, height],
    8: [0, -1, 1, 0, 0, height],
  };
  return turns[orientation];
}

type Paper = Readonly<{
  pen: Pick<
    CanvasRenderingContext2D,
    "fillStyle" | "fillRect" | "imageSmoothingQuality" | "setTransform" | "drawImage"
  > | null;
  jpeg: () => Promise<Blob>;
}>;

function paper({ width, height }: Size): Paper {
  if (typeof OffscreenCanvas !== "undefined") {
    const sheet = new OffscreenCanvas(width, height);
    const jpeg = () => sheet.convertToBlob({ type: "image/jpeg", quality: QUALITY });
    return { pen: sheet.getContext("2d"), jpeg };
  }
  const sheet = Object.assign(document.createElement("canvas"), { width, height });
  const jpeg = () =>
    new Promise<Blob>((resolve, reject) => {
      const done = (blob: Blob | null) => (blob ? resolve(blob) : reject(new Error("not encoded")));
      sheet.toBlob(done, "image/jpeg", QUALITY);
    });
  return { pen: sheet.getContext("2d"), jpeg };
}
