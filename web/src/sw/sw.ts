/// <reference lib="webworker" />
import { ExpirationPlugin } from "workbox-expiration";
import { cleanupOutdatedCaches, createHandlerBoundToURL, precacheAndRoute } from "workbox-precaching";
import { NavigationRoute, registerRoute } from "workbox-routing";
import { CacheFirst } from "workbox-strategies";
import { noticeOf, openPage, show } from "./notices";

declare const self: ServiceWorkerGlobalScope & { __WB_MANIFEST: { url: string; revision: string | null }[] };

/**
 * What the platform answers itself, and files: never the shell. edge/http/web.py knows them, too. Workbox compares them with the
 * path and the query, where a dot makes no file: /bins?lat=37.56&lng=126.98 is a page.
 */
const THEIRS = [
  /^\/(api|detect|docs|internal|socket\.io|dev)([/?]|$)/,
  /^\/(health|ready|metrics)(\?|$)/,
  /^[^?]*\.\w+(\?|$)/,
];

precacheAndRoute(self.__WB_MANIFEST);
cleanupOutdatedCaches();
registerRoute(new NavigationRoute(createHandlerBoundToURL("index.html"), { denylist: THEIRS }));

// Letters and figures have the hash of their content in their name: what is kept never goes stale.
registerRoute(
  ({ url, sameOrigin }) => sameOrigin && /^\/assets\/.+\.(woff2|svg|webp)$/.test(url.pathname),
  new CacheFirst({ cacheName: "pictures-and-letters", plugins: [new ExpirationPlugin({ maxEntries: 200 })] }),
);

// Chat and decks are not fetched before somebody goes there; from then on they open without a network, too.
registerRoute(
  ({ url, sameOrigin }) => sameOrigin && /^\/assets\/(chat|learn-decks)-.+\.(js|css)$/.test(url.pathname),
  new CacheFirst({ cacheName: "chat", plugins: [new ExpirationPlugin({ maxEntries: 60 })] }),
);

// A new version waits until the person agrees (app/updates.ts): nobody's photo is lost to a reload.
self.addEventListener("message", (event) => {
  if ((event.data as { type?: string } | null)?.type === "SKIP_WAITING") void self.skipWaiting();
});

// New messages, and reminders, while no page is open or none is looked at.
self.addEventListener("push", (event) => {
  event.waitUntil(show(self, noticeOf(event.data?.text() ?? null)));
});
self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const { path } = event.notification.data as { path?: string }; // an older version of this worker has shown one without
  event.waitUntil(openPage(self, path ?? "/"));
});
