// Adds the licences of our letters, of the service worker and of the names on the map to those of the code, which Vite
// collects: a style sheet is no module to it, the worker is built by itself, and the names are ours.
import { appendFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { dist } from "./files.mjs";

const letters = readFileSync(
  new URL("../node_modules/pretendard/dist/LICENSE.txt", import.meta.url),
  "utf-8",
);
appendFileSync(join(dist, "licences.txt"), `\n## pretendard (OFL-1.1)\n\n${letters}`);

appendFileSync(
  join(dist, "licences.txt"),
  "\n## Positions of districts on the map\n\nKorea Meteorological Administration, public data used with its source named (data.go.kr 15084084)\n",
);

for (const name of ["core", "expiration", "precaching", "routing", "strategies"]) {
  const text = readFileSync(new URL(`../node_modules/workbox-${name}/LICENSE`, import.meta.url), "utf-8");
  appendFileSync(join(dist, "licences.txt"), `\n## workbox-${name} (MIT)\n\n${text}`);
}
