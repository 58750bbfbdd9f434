import { Problem } from "~/api/problem";
import { kindOf } from "./kind";
import { shrink } from "./shrink";

/** Larger files are not even opened: a phone's memory is worth more. */
export const MOST_BYTES = 100 * 2 ** 20;

/** Codes of our own, spoken by coach.json below `trouble`. */
export type PhotoTrouble = "photo_unreadable" | "photo_too_big";

/** The problem of a file that never reaches the platform. */
export function refusal(code: PhotoTrouble): Problem {
  return new Problem({ status: 0, code, detail: "" });
}

/**
 * What is sent for `file`: a small JPEG without EXIF, or the file itself where only the platform can read it (HEIC outside
 * Safari). Throws a Problem for what is no photo.
 */
export async function prepare(file: Blob): Promise<Blob> {
  if (file.size > MOST_BYTES) throw refusal("photo_too_big");
  const kind = await kindOf(file);
  if (!kind) throw refusal("photo_unreadable");
  const small = await shrunk(file);
  if (small) return small;
  if (kind !== "heic") throw refusal("photo_unreadable");
  return new Blob([file], { type: "image/heic" });
}

/** Shrunk beside the page where workers can draw, else on it; null when this browser cannot read it. */
async function shrunk(file: Blob): Promise<Blob | null> {
  if (typeof Worker === "undefined" || typeof OffscreenCanvas === "undefined") {
    return shrink(file).catch(() => null);
  }
  const worker = new Worker(new URL("./shrink.worker.ts", import.meta.url), { type: "module" });
  try {
    return await new Promise<Blob | null>((resolve, reject) => {
      worker.onmessage = ({ data }: MessageEvent<Blob | null>) => {
        resolve(data);
      };
      worker.onerror = () => {
        reject(new Error("the worker did not start"));
      };
      worker.postMessage(file);
    });
  } catch {
    return await shrink(file).catch(() => null);
  } finally {
    worker.terminate();
  }
}
