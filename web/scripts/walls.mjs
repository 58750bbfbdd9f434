// ESLint's rule for what docs/web.md says of imports: they go one way. scripts/cycles.mjs looks at single files.
import { dirname, join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";

const src = fileURLToPath(new URL("../src", import.meta.url));

/** Folders of src: each imports from itself and from those in later rows, never from others in its own row. */
const LAYERS = [
  ["app"],
  ["features"],
  ["ui", "outbox", "realtime"],
  ["photo", "icons", "design"],
  ["api"],
  ["i18n"],
  ["preferences"],
];

/** The same within features/. What is not named here stands in the first row, `index` above it. */
const SHARED_FEATURES = [["learn"], ["chat"], ["search"], ["advice"], ["feature"], ["found"], ["reloadOnce"]];

const layerOf = (folder) => LAYERS.findIndex((layer) => layer.includes(folder));

function featureLayerOf(feature) {
  if (feature === "index") return -1;
  const shared = SHARED_FEATURES.findIndex((layer) => layer.includes(feature));
  return shared < 0 ? 0 : shared + 1;
}

/** Why `file` may not import `source`, both as paths below src; null when it may. */
function wall(file, source) {
  const [here, myFeature] = file.split("/");
  const [there, theirFeature = "index"] = source.split("/");
  if (layerOf(here) < 0 || layerOf(there) < 0) return null;
  if (here !== there)
    return layerOf(there) > layerOf(here)
      ? null
      : `Imports go one way: ${here} may not import from ${there}.`;
  if (here !== "features" || myFeature === theirFeature) return null;
  if (featureLayerOf(theirFeature) > featureLayerOf(myFeature)) return null;
  return `Imports go one way: the feature ${myFeature} may not import from ${theirFeature}.`;
}

/** `/…/src/ui/Button.tsx` → `ui/Button` */
const below = (path) =>
  relative(src, path)
    .split(sep)
    .join("/")
    .replace(/\.tsx?$/, "");

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
