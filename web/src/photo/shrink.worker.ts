import { shrink } from "./shrink";

/** Takes a file, gives the small picture back, or null when it cannot be read. */
onmessage = async ({ data }: MessageEvent<Blob>) => {
  postMessage(await shrink(data).catch(() => null));
};
