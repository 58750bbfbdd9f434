import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { VitePWA } from "vite-plugin-pwa";
import { defineConfig } from "vitest/config";
import { manifest } from "./manifest.config.ts";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const platform = process.env.BUNRI_URL ?? "http://127.0.0.1:8000";

export default defineConfig({
  plugins: [
    react(),
    VitePWA({
      strategies: "injectManifest",
      srcDir: "src/sw",
      filename: "sw.ts",
      registerType: "prompt",
      injectRegister: false,
      manifest,
      injectManifest: {
        // The shell works offline. Letters come with the pages that show them; figures are for those who look.
        globPatterns: ["**/*.{js,css,html}", "icon.svg"],
        // MapLibre is for those who look at tiles, and tiles need a network.
        globIgnores: ["**/node_modules/**", "**/TileBasemap-*", "**/maplibre-gl-worker-*"],
      },
    }),
  ],
  resolve: { alias: { "~": here("src") } },
  build: {
    outDir: here("../src/bunri/edge/web/dist"),
    emptyOutDir: true,
    target: "es2022",
    assetsInlineLimit: 0,
    license: { fileName: "licences.txt" },
    rolldownOptions: {
      output: {
        codeSplitting: {
          // Few files: each costs a slow phone some 10 ms. Libraries keep their address, and their place in caches,
          // between versions of ours.
          groups: [
            {
              name: "libraries",
              test: /node_modules\/(react|react-dom|scheduler|react-router|i18next|react-i18next|@tanstack|openapi-fetch)\//,
            },
            { name: "shell", test: /\/web\/src\/(api|app|i18n|icons|preferences|ui)\// },
          ],
        },
      },
    },
    reportCompressedSize: false,
    manifest: true, // scripts/size.mjs
  },
  server: {
    fs: { allow: [here("."), here("../docs/images")] },
    proxy: { "^/(api|detect|docs|openapi.json)": platform, "/socket.io": { target: platform, ws: true } },
  },
  test: {
    environment: "jsdom",
    include: ["src/**/*.test.{ts,tsx}"],
    setupFiles: ["src/test/setup.ts"],
    maxWorkers: "100%", // by default one core stays idle, which is half of two
    testTimeout: 15_000, // some wait for seconds, and a busy machine takes twice as long
    restoreMocks: true,
    unstubGlobals: true,
  },
});
