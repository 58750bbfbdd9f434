import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** Where the build goes: inside the Python package, which serves it. */
export const dist = fileURLToPath(new URL("../../src/bunri/edge/web/dist", import.meta.url));

export const src = fileURLToPath(new URL("../src", import.meta.url));

/** Writes `text` only when the file says something else: what depends on its date is not made anew for nothing. */
export function writeIfChanged(file, text) {
  if (existsSync(file) && readFileSync(file, "utf-8") === text) return;
  writeFileSync(file, text);
}

/**
 * The catalogues by namespace, as paths below src: `locales/ko/NAMESPACE.json`, and of features
 * `features/…/NAMESPACE/texts/ko.json`. Gives `[namespace, {ko, en}]`, whether or not the files exist.
 */
export function catalogues() {
  const found = new Map();
  for (const name of readdirSync(src, { recursive: true })) {
    const shared = /^locales\/(?:ko|en)\/(\w+)\.json$/.exec(name);
    if (shared) {
      const [, namespace] = shared;
      found.set(namespace, { ko: `locales/ko/${namespace}.json`, en: `locales/en/${namespace}.json` });
    } else if (/^features\/.*\/texts\/(ko|en)\.json$/.test(name)) {
      const folder = dirname(name);
      found.set(basename(dirname(folder)), { ko: join(folder, "ko.json"), en: join(folder, "en.json") });
    }
  }
  return found;
}
