import { defineConfig } from "@playwright/test";
import base from "./playwright.config";

/** `python -m bench web`: what pages cost a phone. Nothing beside the measured page may take time: no trace, no retry. */
export default defineConfig({
  ...base,
  testDir: "bench",
  testMatch: "*.bench.ts",
  projects: [{ name: "bench" }],
  workers: 1,
  timeout: 600_000,
  retries: 0,
  use: { ...base.use, trace: "off" },
});
