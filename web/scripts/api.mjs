// Writes src/api/generated/ from the platform's own OpenAPI.
// `bunri openapi` needs no database and no server; BUNRI_OPENAPI names a file to read instead.
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import openapiTS, { astToString } from "openapi-typescript";
import { writeIfChanged } from "./files.mjs";

const web = fileURLToPath(new URL("..", import.meta.url));
const folder = `${web}src/api/generated`;
const head = "// Made by `npm run api` from the platform's OpenAPI. Do not edit.\n\n";

const contract = JSON.parse(
  process.env.BUNRI_OPENAPI ? readFileSync(process.env.BUNRI_OPENAPI, "utf-8") : printed(),
);

/** What `bunri openapi` prints. */
function printed() {
  const python = process.env.BUNRI_PYTHON ?? `${web}../.venv/bin/python`;
  const run = spawnSync(python, ["-m", "bunri", "openapi"], {
    encoding: "utf-8",
    maxBuffer: 2 ** 26,
    stdio: ["ignore", "pipe", "inherit"],
  });
  if (run.status !== 0) {
    console.error(
      `${python} -m bunri openapi did not print the contract: ${run.error ?? `status ${run.status}`}`,
    );
    process.exit(1);
  }
  return run.stdout;
}

/** Operations that want to know who is calling: `"POST /api/v1/waste/analyze"`. */
function secured() {
  return Object.entries(contract.paths).flatMap(([path, operations]) =>
    Object.entries(operations)
      .filter(([, operation]) => operation.security?.length)
      .map(([method]) => `${method.toUpperCase()} ${path}`),
  );
}

mkdirSync(folder, { recursive: true });
const types = astToString(await openapiTS(contract, { enumValues: true, alphabetize: true }));
writeIfChanged(`${folder}/schema.ts`, head + types);
writeIfChanged(
  `${folder}/secured.ts`,
  `${head}export const secured: ReadonlySet<string> = new Set(${JSON.stringify(secured(), null, 2)});\n`,
);
