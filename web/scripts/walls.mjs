// ESLint's rule for what docs/web.md says of imports: they go one way, and features stand beside each other.
import { dirname, join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";

const src = fileURLToPath(new URL("../src", import.meta.url));

const LAYERS = [["app"], ["features"], ["ui"], ["api", "i18n", "icons", "design", "preferences"]];
/** Folders that are one feature. */
const COACH = ["coach", "history", "search"];
/** What an feature lends to others. */
const LENT = [
  "features/coach/queue/queue", // a guest who leaves takes the waiting photos along
];

const layerOf = ([folder]) => LAYERS.findIndex((layer) => layer.includes(folder));

/** What stands in `features/` itself belongs to all of them. */
function featureOf([folder, feature, ...rest]) {
  if (folder !== "features" || rest.length === 0) return null;
  return COACH.includes(feature) ? "coach" : feature;
}

/** Why `file` may not import `source`, both as paths below src; null when it may. */
function wall(file, source) {
  const [here, there] = [file.split("/"), source.split("/")];
  const layer = layerOf(here);
  if (layer < 0 || layerOf(there) < 0) return null;
  if (layerOf(there) < layer) return `Imports go one way: ${here[0]} may not import from ${there[0]}.`;
  const [mine, theirs] = [featureOf(here), featureOf(there)];
  if (mine === null || theirs === null || mine === theirs || LENT.includes(source)) return null;
  return `Features do not import each other: ${mine} may not import from ${theirs}.`;
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
