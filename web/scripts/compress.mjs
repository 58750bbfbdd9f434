// A .br and a .gz beside each file of the build that gets smaller by it: the platform sends them as they are.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { dist } from "./files.mjs";

const WRITTEN = /\.(js|css|html|svg|json|webmanifest|txt)$/;
const SMALLEST = 1024;

const smaller = {
  br: (bytes) => brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }),
  gz: (bytes) => gzipSync(bytes, { level: 9 }),
};

for (const file of readdirSync(dist, { recursive: true }).filter((name) => WRITTEN.test(name))) {
  const bytes = readFileSync(join(dist, file));
  if (bytes.length < SMALLEST) continue;
  for (const [ending, compress] of Object.entries(smaller)) {
    const packed = compress(bytes);
    if (packed.length < bytes.length * 0.9) writeFileSync(join(dist, `${file}.${ending}`), packed);
  }
}
