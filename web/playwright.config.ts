import { createServer, type AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { defineConfig } from "@playwright/test";

const PYTHON = process.env.BUNRI_PYTHON ?? fileURLToPath(new URL("../.venv/bin/python", import.meta.url));

/** Workers read this file again: the port that the first reading found stands in the environment. */
process.env.BUNRI_E2E_PORT ??= String(await freePort());

const port = process.env.BUNRI_E2E_PORT;
/** BUNRI_E2E_URL names a platform that runs already. */
const running = process.env.BUNRI_E2E_URL;
/** By its name: passkeys belong to a host, and an address is none. */
const baseURL = running ?? `http://localhost:${port}`;

export default defineConfig({
  testDir: "e2e",
  outputDir: "test-results",
  timeout: 60_000,
  expect: { timeout: 15_000 },
  workers: 2, // mostly they wait for the platform; a third would only make the others slower on two cores
  retries: 1, // a shared machine stutters; what needed it is listed as flaky
  forbidOnly: Boolean(process.env.CI),
  reporter: [["list"]],
  use: {
    baseURL,
    locale: "ko-KR",
    viewport: { width: 390, height: 844 },
    trace: "on-first-retry", // of every test it would cost a sixth of the time
    launchOptions: {
      executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
      args: [
        "--no-sandbox", // Chromium refuses root otherwise
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ],
    },
  },
  projects: [
    { name: "pages", testIgnore: /killed\.spec\.ts$/ },
    // One after the other, and alone: they kill what all of them use.
    { name: "killed", testMatch: /\/killed\.spec\.ts$/, dependencies: ["pages"] },
    { name: "killed with rooms", testMatch: /chat\.killed\.spec\.ts$/, dependencies: ["killed"] },
  ],
  ...(running ? {} : { webServer: product() }),
});

/** The whole product, started once for all tests. */
function product() {
  return {
    command: `exec ${PYTHON} e2e/support/product.py ${port} ${process.pid}`,
    url: `${baseURL}/ready`,
    timeout: 120_000,
    gracefulShutdown: { signal: "SIGTERM" as const, timeout: 30_000 },
  };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
