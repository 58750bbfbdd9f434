// What types cannot see: both languages have the same keys with the same placeholders, every key is used somewhere, and
// no Korean sentence is left in the code.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { catalogues, src } from "./files.mjs";
import { usedKeys } from "./usedKeys.mjs";

const faults = [];

const PLURAL = /_(zero|one|two|few|many|other)$/;

/** `{a: {b: "c"}}` → `[["a.b", "c"]]`; lists of words stay whole. */
function entries(tree, prefix = "") {
  return Object.entries(tree).flatMap(([key, value]) =>
    typeof value === "object" && !Array.isArray(value)
      ? entries(value, `${prefix}${key}.`)
      : [[`${prefix}${key}`, String(value)]],
  );
}

const parsed = (file) => JSON.parse(readFileSync(join(src, file), "utf-8"));

/** Key without its plural form → the placeholders of all its forms. */
function sentences(file) {
  const found = new Map();
  if (!existsSync(join(src, file))) {
    faults.push(`${file} is missing`);
    return found;
  }
  for (const [key, text] of entries(parsed(file))) {
    const known = found.get(key.replace(PLURAL, "")) ?? new Set();
    for (const [, name] of text.matchAll(/{{\s*(\w+)/g)) known.add(name);
    found.set(key.replace(PLURAL, ""), known);
  }
  return found;
}

/** Gives the keys of the Korean catalogue. */
function compare({ ko, en }) {
  const [korean, english] = [sentences(ko), sentences(en)];
  for (const [key, placeholders] of korean) {
    const other = english.get(key);
    if (!other) faults.push(`${en} lacks ${key}`);
    else if ([...placeholders].sort().join() !== [...other].sort().join()) {
      faults.push(`${en}: ${key} has other placeholders than in Korean`);
    }
  }
  for (const key of english.keys()) if (!korean.has(key)) faults.push(`${ko} lacks ${key}`);
  return [...korean.keys()];
}

const used = usedKeys();
const known = catalogues();
for (const [namespace, files] of known)
  for (const key of compare(files)) {
    if (!used.has(`${namespace}:${key}`)) faults.push(`nothing uses ${namespace}:${key}`);
  }

// What the navigation calls a feature.
for (const file of readdirSync(src, { recursive: true }).filter((name) => name.endsWith("/label.json")))
  for (const language of ["ko", "en"]) if (!parsed(file)[language]) faults.push(`${file} lacks ${language}`);

const product = readdirSync(src, { recursive: true }).filter(
  (file) => /\.tsx?$/.test(file) && !/generated|\.test\.tsx?$|\.d\.ts$/.test(file),
);
for (const file of product) {
  readFileSync(join(src, file), "utf-8")
    .split("\n")
    .forEach((line, index) => {
      const code = line.replace(/\/\/.*|\/\*.*|^\s*\*.*/, "");
      if (/[가-힣]/.test(code) && !code.includes("lang:"))
        faults.push(`${file}:${index + 1} is Korean: use a catalogue`);
    });
}

for (const fault of faults) console.error(fault);
if (faults.length) process.exit(1);
console.log(`${known.size} catalogues agree in Korean and English`);
