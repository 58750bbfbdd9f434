import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { VitePWA } from "vite-plugin-pwa";
import { defineConfig } from "vitest/config";
import { manifest } from "./manifest.config.ts";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const platform = process.env.BUNRI_URL ?? "http://127.0.0.1:8000";

/** Pages that are nothing without a network; by these beginnings of their names they are left out of what is kept for offline use. */
const ONLINE = {
  "account-": /\/features\/account\//,
  "chat-": /\/features\/chat\/(?!choose\/RoomButton)/,
  "learn-decks-": /\/features\/learn\/((decks|stats|weekly|transfer|preferences)\/|class\/(?!membership))/,
};

/** The beginning of the name of a file with these modules, or that leads to them: many are a line that names another file. */
function beginning(modules: readonly string[]): string {
  const [found] = Object.entries(ONLINE).find(([, folder]) => modules.every((id) => folder.test(id))) ?? [""];
  return found;
}

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
        // Neighbours are to be met where there is one, too: chat is kept once somebody has been there (sw/sw.ts).
        globIgnores: [
          "**/node_modules/**",
          "**/TileBasemap-*",
          "**/maplibre-gl-worker-*",
          "**/chat-*",
          // Decks are written and shared where there is one; reviews are what is kept.
          "**/learn-decks-*",
          "**/QrCode-*",
          "**/qr-*",
          // The socket is nothing without a network, and pages do without it where it cannot be fetched.
          "**/socket.io-*",
          // Pages that are nothing without a network: the account's, who sets notices, looks after a room.
          "**/account-*",
          ...[
            "NotificationsPage",
            "ModerationPage",
            "ReportsPage",
            "ExportPage",
            "LeavePage",
            "ProfilePage",
          ].map((name) => `**/${name}-*`),
        ],
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
        chunkFileNames: ({ name, moduleIds, facadeModuleId }) => {
          const first = beginning(moduleIds.length > 0 ? moduleIds : [facadeModuleId ?? ""]);
          return `assets/${name.startsWith(first) ? "" : first}[name]-[hash].js`;
        },
        codeSplitting: {
          // Few files: each costs a slow phone some 10 ms. Libraries keep their address, and their place in caches,
          // between versions of ours.
          groups: [
            {
              name: "libraries",
              test: /node_modules\/(react|react-dom|scheduler|react-router|i18next|react-i18next|@tanstack|openapi-fetch)\//,
            },
            // By these names they are left out of what is kept for offline use. What others need, too, stays with them.
            ...["ko", "en"].map((language) => ({
              name: `chat-${language}`,
              test: new RegExp(`/features/chat/(\\w+/)?texts/${language}\\.json`),
              includeDependenciesRecursively: false,
            })),
            {
              name: "chat-moderation",
              test: /\/features\/chat\/moderation\/(?!texts\/|Folded)/,
              includeDependenciesRecursively: false,
            },
            {
              name: "chat-pages",
              test: /\/features\/chat\/(?!feature\.ts|label\.json|found\/|choose\/RoomButton|(\w+\/)?texts\/)/,
              includeDependenciesRecursively: false,
            },
            ...["ko", "en"].map((language) => ({
              name: `learn-decks-${language}`,
              test: new RegExp(
                `/features/learn/(decks|stats|weekly|transfer|preferences|class)/texts/${language}\\.json`,
              ),
              includeDependenciesRecursively: false,
            })),
            {
              name: "learn-decks-pages",
              test: /\/features\/learn\/(decks|stats|weekly|transfer|preferences|class)\/(?!texts\/|membership)/,
              includeDependenciesRecursively: false,
            },
            // Drawn for somebody beside one, on pages that need a network.
            { name: "qr", test: /\/node_modules\/uqr\// },
            { name: "socket.io", test: /\/node_modules\/(@socket\.io|socket\.io|engine\.io)/ },
            // Words as people write them, in rooms and on cards: needed without a network by the latter.
            { name: "markdown", test: /\/web\/src\/ui\/markdown\/|\/node_modules\/(marked|dompurify)\// },
            {
              name: "shell",
              test: /\/web\/src\/(api|app|i18n|icons|preferences|ui(?!\/(markdown|sharing)))\//,
            },
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
