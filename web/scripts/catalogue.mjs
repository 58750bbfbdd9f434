// What types cannot see: both languages say the same keys with the same placeholders, every key is said somewhere, and
// no Korean sentence hides in the code.
import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { saidKeys } from "./said.mjs";

const src = fileURLToPath(new URL("../src", import.meta.url));
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

/** Key without its plural form → the placeholders of all its forms. */
function sentences(language, file) {
  const found = new Map();
  for (const [key, text] of entries(
    JSON.parse(readFileSync(join(src, "locales", language, file), "utf-8")),
  )) {
    const known = found.get(key.replace(PLURAL, "")) ?? new Set();
    for (const [, name] of text.matchAll(/{{\s*(\w+)/g)) known.add(name);
    found.set(key.replace(PLURAL, ""), known);
  }
  return found;
}

function compare(file) {
  const [korean, english] = ["ko", "en"].map((language) => sentences(language, file));
  for (const [key, placeholders] of korean) {
    const other = english.get(key);
    if (!other) faults.push(`en/${file} lacks ${key}`);
    else if ([...placeholders].sort().join() !== [...other].sort().join()) {
      faults.push(`${file}: ${key} fills different placeholders in ko and en`);
    }
  }
  for (const key of english.keys()) if (!korean.has(key)) faults.push(`ko/${file} lacks ${key}`);
  return korean;
}

const said = saidKeys();
const files = readdirSync(join(src, "locales/ko"));
for (const file of readdirSync(join(src, "locales/en")))
  if (!files.includes(file)) faults.push(`ko lacks ${file}`);
for (const file of files) {
  const namespace = basename(file, ".json");
  for (const key of compare(file).keys()) {
    if (!said.has(`${namespace}:${key}`)) faults.push(`nothing says ${namespace}:${key}`);
  }
}

const product = readdirSync(src, { recursive: true }).filter(
  (file) => /\.tsx?$/.test(file) && !/generated|\.test\.tsx?$|\.d\.ts$/.test(file),
);
for (const file of product) {
  readFileSync(join(src, file), "utf-8")
    .split("\n")
    .forEach((line, index) => {
      const code = line.replace(/\/\/.*|\/\*.*|^\s*\*.*/, "");
      if (/[가-힣]/.test(code) && !code.includes("lang:"))
        faults.push(`${file}:${index + 1} speaks Korean: use a catalogue`);
    });
}

for (const fault of faults) console.error(fault);
if (faults.length) process.exit(1);
console.log(`${files.length} catalogues agree in Korean and English`);
