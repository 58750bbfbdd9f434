import { existsSync } from "node:fs";
import { defineConfig } from "@playwright/test";
import base from "./playwright.config";
import { SHARED } from "./screenshots/photos";

// What a person sees: with the weights that `make run` fetches, where this machine has them.
if (existsSync(`${SHARED}/models`)) process.env.BUNRI_MODELS_DIR ??= `${SHARED}/models`;

/** `npm run screenshots`: pictures of the pages into docs/images. */
export default defineConfig({
  ...base,
  testDir: "screenshots",
  testMatch: "*.shot.ts",
  projects: [{ name: "screenshots" }],
  workers: 1,
});
