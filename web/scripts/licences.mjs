// Adds the licence of our letters to those of the code, which Vite collects: a style sheet is no module to it.
import { appendFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { dist } from "./files.mjs";

const letters = readFileSync(
  new URL("../node_modules/pretendard/dist/LICENSE.txt", import.meta.url),
  "utf-8",
);
appendFileSync(join(dist, "licences.txt"), `\n## pretendard (OFL-1.1)\n\n${letters}`);
