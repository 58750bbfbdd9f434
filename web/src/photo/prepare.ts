import { Problem } from "~/api/problem";
import { isCutOff } from "./cutOff";
import { UnknownLayout, withoutNotes } from "./heic";
import { kindOf } from "./kind";
import { shrink } from "./shrink";

/** Larger files are refused unread: opening them would fill the memory of a phone. */
export const MOST_BYTES = 100 * 2 ** 20;

/** Codes of our own; their texts are in the catalogue `coach` below `errors`. */
export type PhotoErrorCode = "photo_unreadable" | "photo_broken" | "photo_too_big" | "photo_keeps_place";

/** The problem of a file that never reaches the platform. */
export function refusal(code: PhotoErrorCode): Problem {
  return new Problem({ status: 0, code, detail: "" });
}

/**
 * What is sent for `file`, never with EXIF: a small JPEG, or, where only the platform can read it (HEIC outside Safari), the file
 * as large as it is. Throws a Problem for what is no photo, and for one whose notes cannot be removed.
 */
export async function prepare(file: Blob): Promise<Blob> {
  if (file.size > MOST_BYTES) throw refusal("photo_too_big");
  const kind = await kindOf(file);
  if (!kind) throw refusal("photo_unreadable");
  if (isCutOff(new Uint8Array(await file.arrayBuffer()), kind)) throw refusal("photo_broken");
  const small = await shrunk(file);
  if (small) return small;
  if (kind === "avif") throw refusal("photo_unreadable"); // not every browser reads it, and the platform does not
  if (kind !== "heic") throw refusal("photo_broken");
  return withoutPlace(file);
}

async function withoutPlace(heic: Blob): Promise<Blob> {
  const bytes = new Uint8Array(await heic.arrayBuffer());
  try {
    return new Blob([withoutNotes(bytes)], { type: "image/heic" });
  } catch (error) {
    if (error instanceof UnknownLayout) throw refusal("photo_keeps_place");
    throw error;
  }
}

/** Shrinks in a worker where workers can draw, else on the page; null when this browser cannot read the file. */
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
