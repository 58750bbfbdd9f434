// The whole product on embedded servers, in a data directory that goes with it: node product.mjs PORT
import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const python =
  process.env.BUNRI_PYTHON ?? fileURLToPath(new URL("../../../.venv/bin/python", import.meta.url));
const data = mkdtempSync(join(tmpdir(), "bunri-e2e-"));
const { BUNRI_MODELS_DIR, BUNRI_VISION__MODELS_DIR, BUNRI_VISION__DETECTOR } = process.env;
const detector =
  (BUNRI_MODELS_DIR ?? BUNRI_VISION__MODELS_DIR ?? BUNRI_VISION__DETECTOR) ? {} : testDetector();
const child = spawn(python, ["-m", "bunri", "up", "--port", process.argv[2], "--data", data], {
  stdio: "inherit",
  env: { BUNRI_LOG_LEVEL: "WARNING", ...process.env, ...detector, BUNRI_VISION__FETCH: "false" },
});

for (const signal of ["SIGTERM", "SIGINT"]) process.on(signal, () => child.kill(signal));
child.on("exit", (status) => {
  rmSync(data, { recursive: true, force: true });
  process.exit(status ?? 1);
});

/** Real weights may not be shipped: a detector that knows two things by their colour, and the package's own model. */
function testDetector() {
  execFileSync(python, [
    fileURLToPath(new URL("detector.py", import.meta.url)),
    join(data, "models", "marks.onnx"),
  ]);
  return { BUNRI_VISION__DETECTOR: "marks", BUNRI_VISION__CONFIDENCE: "0.5" };
}
