// ESLint's rule for what docs/web.md says of imports: they go one way, and areas stand beside each other.
import { dirname, join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";

const src = fileURLToPath(new URL("../src", import.meta.url));

const LAYERS = [["app"], ["areas"], ["ui"], ["api", "i18n", "icons", "design", "preferences"]];
/** Folders that are one area. */
const COACH = ["coach", "history", "search"];
/** What an area lends to others. */
const LENT = [
  "areas/coach/queue/queue", // a guest who leaves takes the waiting photos along
];

const layerOf = ([folder]) => LAYERS.findIndex((layer) => layer.includes(folder));

/** What stands in `areas/` itself belongs to all of them. */
function areaOf([folder, area, ...rest]) {
  if (folder !== "areas" || rest.length === 0) return null;
  return COACH.includes(area) ? "coach" : area;
}

/** Why `file` may not import `source`, both as paths below src; null when it may. */
function wall(file, source) {
  const [here, there] = [file.split("/"), source.split("/")];
  const layer = layerOf(here);
  if (layer < 0 || layerOf(there) < 0) return null;
  if (layerOf(there) < layer) return `Imports go one way: ${here[0]} may not import from ${there[0]}.`;
  const [mine, theirs] = [areaOf(here), areaOf(there)];
  if (mine === null || theirs === null || mine === theirs || LENT.includes(source)) return null;
  return `Areas do not import each other: ${mine} may not import from ${theirs}.`;
}

const below = (path) => relative(src, path).split(sep).join("/");

function create(context) {
  const check = ({ source }) => {
    const name = source?.value;
    if (typeof name !== "string" || !/^(~\/|\.)/.test(name)) return;
    const path = name.startsWith("~") ? join(src, name.slice(2)) : join(dirname(context.filename), name);
    const message = wall(below(context.filename), below(path));
    if (message) context.report({ node: source, message });
  };
  return {
    ImportDeclaration: check,
    ImportExpression: check,
    ExportNamedDeclaration: check,
    ExportAllDeclaration: check,
  };
}

export default { rules: { walls: { meta: { type: "problem", schema: [] }, create } } };
