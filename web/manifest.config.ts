import type { ManifestOptions } from "vite-plugin-pwa";

/** How the app stands on a home screen. */
export const manifest: Partial<ManifestOptions> = {
  id: "/",
  name: "분리 · bunri",
  short_name: "분리",
  description: "버릴 것을 찍으면 어떻게 버리는지 알려 드려요.",
  lang: "ko",
  start_url: "/",
  display: "standalone",
  background_color: "#f5f7f2",
  theme_color: "#f5f7f2",
  categories: ["lifestyle", "utilities"],
  icons: [
    { src: "/icon.svg", sizes: "any", type: "image/svg+xml" },
    { src: "/icon-192.png", sizes: "192x192", type: "image/png" },
    { src: "/icon-512.png", sizes: "512x512", type: "image/png" },
    { src: "/icon-maskable-512.png", sizes: "512x512", type: "image/png", purpose: "maskable" },
  ],
};
