// What a first visit fetches, in kB of gzip: the page, its scripts and styles with all they import, and the words.
// Letters (fonts) come after the first paint, in pieces. And what the service worker fetches so that the app works
// offline. Above a budget the build fails.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { catalogues, dist } from "./files.mjs";

const manifest = JSON.parse(readFileSync(join(dist, ".vite/manifest.json"), "utf-8"));

const SHELL = ["index.html", "src/locales/ko/shell.json"];
const VISITS = [
  { name: "shell", files: () => visited(SHELL), budget: 180 },
  { name: "coach, first visit", files: () => visited([...SHELL, ...pageAt("/", "coach")]), budget: 250 },
  { name: "kept for offline", files: precached, budget: 400 },
];

const visited = (modules) => ["index.html", ...needed(modules)];

/** What Workbox wrote into the service worker. */
function precached() {
  const written = readFileSync(join(dist, "sw.js"), "utf-8");
  return [...new Set(written.match(/(?<=["'`])(assets\/[\w.-]+|index\.html|icon\.svg)(?=["'`])/g))];
}

/** The modules that come with a page: its own, and the Korean catalogues that its feature.ts names. */
function pageAt(path, feature) {
  const written = readFileSync(new URL(`../src/features/${feature}/feature.ts`, import.meta.url), "utf-8");
  const [, namespaces, module] =
    new RegExp(`page\\("${path}", (\\[[^\\]]*\\]), \\(\\) => import\\("\\./(\\w+)"\\)`).exec(written) ?? [];
  if (!module) throw new Error(`${feature}/feature.ts has no page at ${path}`);
  return [
    `src/features/${feature}/${module}.tsx`,
    ...JSON.parse(namespaces).map((namespace) => `src/${catalogues().get(namespace).ko}`),
  ];
}

/** The files that these modules need before they run. */
function needed(modules, found = new Set()) {
  for (const module of modules) {
    const chunk = manifest[module];
    if (!chunk) throw new Error(`the build has no ${module}`);
    if (found.has(chunk.file)) continue;
    found.add(chunk.file);
    for (const style of chunk.css ?? []) found.add(style);
    needed(chunk.imports ?? [], found);
  }
  return found;
}

const packed = (file) => gzipSync(readFileSync(join(dist, file)), { level: 9 }).length / 1000;

let fits = true;
for (const { name, files, budget } of VISITS) {
  const sizes = files()
    .map((file) => [file, packed(file)])
    .sort((a, b) => b[1] - a[1]);
  const total = sizes.reduce((sum, [, size]) => sum + size, 0);
  console.log(`${name}: ${total.toFixed(1)} kB gzip of ${budget}`);
  if (process.env.VERBOSE)
    for (const [file, size] of sizes) console.log(`  ${size.toFixed(1).padStart(6)}  ${file}`);
  fits &&= total <= budget;
}
if (!fits) {
  console.error("Over budget: see what came in with `VERBOSE=1 node scripts/size.mjs`.");
  process.exit(1);
}
