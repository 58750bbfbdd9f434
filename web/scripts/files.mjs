import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** Where the build goes: inside the Python package, which serves it. */
export const dist = fileURLToPath(new URL("../../src/bunri/edge/web/dist", import.meta.url));

/** Writes `text` only when the file says something else: what depends on its date is not made anew for nothing. */
export function writeIfChanged(file, text) {
  if (existsSync(file) && readFileSync(file, "utf-8") === text) return;
  writeFileSync(file, text);
}
