// Fails when files of src import each other in a circle, by types or by import() too.
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";

const src = fileURLToPath(new URL("../src", import.meta.url));

const isFile = (path) => existsSync(path) && statSync(path).isFile();

/** The file that `name` stands for in `file`; undefined for packages, styles and texts. */
function resolved(name, file) {
  if (!/^(~\/|\.)/.test(name)) return undefined;
  const path = name.startsWith("~") ? join(src, name.slice(2)) : join(dirname(file), name);
  return ["", ".ts", ".tsx", "/index.ts"]
    .map((end) => path + end)
    .find((one) => /\.tsx?$/.test(one) && isFile(one));
}

/** Every file of the product → the files that it imports. */
function importGraph() {
  const files = readdirSync(src, { recursive: true })
    .filter((name) => /\.tsx?$/.test(name) && !/\.test\.|\.d\.ts$/.test(name))
    .map((name) => join(src, name));
  return new Map(
    files.map((file) => {
      const { importedFiles } = ts.preProcessFile(readFileSync(file, "utf-8"), true, true);
      return [file, importedFiles.map(({ fileName }) => resolved(fileName, file)).filter(Boolean)];
    }),
  );
}

/** The first circle found in each part of the graph, as the files one after the other. */
export function cycles(graph) {
  const found = [];
  const finished = new Set();
  const path = [];
  const visit = (file) => {
    if (finished.has(file)) return;
    if (path.includes(file)) {
      found.push([...path.slice(path.indexOf(file)), file]);
      return;
    }
    path.push(file);
    for (const next of graph.get(file) ?? []) visit(next);
    path.pop();
    finished.add(file);
  };
  for (const file of graph.keys()) visit(file);
  return found;
}

const circles = cycles(importGraph());
for (const circle of circles)
  console.error(`Imports in a circle: ${circle.map((file) => relative(src, file)).join(" → ")}`);
if (circles.length) process.exit(1);
console.log("no imports in a circle");
