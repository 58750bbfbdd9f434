// The whole product on embedded servers, in a data directory that goes with it: node product.mjs PORT
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const python =
  process.env.BUNRI_PYTHON ?? fileURLToPath(new URL("../../../.venv/bin/python", import.meta.url));
const data = mkdtempSync(join(tmpdir(), "bunri-e2e-"));
const child = spawn(python, ["-m", "bunri", "up", "--port", process.argv[2], "--data", data], {
  stdio: "inherit",
  // No weights are fetched: what the package has must do.
  env: { BUNRI_LOG_LEVEL: "WARNING", ...process.env, BUNRI_VISION__FETCH: "false" },
});

for (const signal of ["SIGTERM", "SIGINT"]) process.on(signal, () => child.kill(signal));
child.on("exit", (status) => {
  rmSync(data, { recursive: true, force: true });
  process.exit(status ?? 1);
});
