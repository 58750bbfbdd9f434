import { registerSW } from "virtual:pwa-register";
import { i18n } from "~/i18n";
import { toast } from "~/ui/toast";

const RELOADED = "bunri.reloaded";
const LONG_MS = 10_000;

/** Keeps the shell for offline use, and offers a new version instead of forcing it on anybody. */
export function watchForUpdates(): void {
  const update = registerSW({
    onNeedRefresh: () => {
      toast({
        text: i18n.t("update.ready"),
        action: { label: i18n.t("update.open"), run: () => void update(true) },
        lasting: true,
      });
    },
  });
}

/** A page's code is gone because a new version is served: the new one is fetched, but never in a circle. */
export function reloadWhenReplaced(): void {
  window.addEventListener("vite:preloadError", (event) => {
    const last = Number(sessionStorage.getItem(RELOADED) ?? 0);
    if (!navigator.onLine || Date.now() - last < LONG_MS) return;
    event.preventDefault();
    sessionStorage.setItem(RELOADED, String(Date.now()));
    window.location.reload();
  });
}
