import { registerSW } from "virtual:pwa-register";
import { i18n } from "~/i18n";
import { toast } from "~/ui/toast";

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
