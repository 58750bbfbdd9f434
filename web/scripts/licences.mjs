// Adds the licences of our letters and of the service worker to those of the code, which Vite collects: a style sheet is
// no module to it, and the worker is built by itself.
import { appendFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { dist } from "./files.mjs";

const letters = readFileSync(
  new URL("../node_modules/pretendard/dist/LICENSE.txt", import.meta.url),
  "utf-8",
);
appendFileSync(join(dist, "licences.txt"), `\n## pretendard (OFL-1.1)\n\n${letters}`);

for (const name of ["core", "expiration", "precaching", "routing", "strategies"]) {
  const text = readFileSync(new URL(`../node_modules/workbox-${name}/LICENSE`, import.meta.url), "utf-8");
  appendFileSync(join(dist, "licences.txt"), `\n## workbox-${name} (MIT)\n\n${text}`);
}
