import { useEffect, useRef, useSyncExternalStore } from "react";
import { useTranslation } from "react-i18next";
import { Icon } from "~/icons/Icon";
import { announce } from "~/ui/announce";
import styles from "./OfflineBanner.module.css";

function subscribe(listener: () => void) {
  window.addEventListener("online", listener);
  window.addEventListener("offline", listener);
  return () => {
    window.removeEventListener("online", listener);
    window.removeEventListener("offline", listener);
  };
}

/** Whether this device believes to have a network. */
export function useOnline(): boolean {
  return useSyncExternalStore(subscribe, () => navigator.onLine);
}

/** A line above the page while there is no network, said once when it goes and once when it is back. */
export function OfflineBanner() {
  const { t } = useTranslation();
  const online = useOnline();
  const before = useRef(online);
  useEffect(() => {
    if (before.current !== online) announce(t(online ? "online" : "offline"));
    before.current = online;
  }, [online, t]);
  if (online) return null;
  return (
    <div className={styles.banner}>
      <Icon name="offline" size="1.25rem" />
      <p>{t("offline")}</p>
    </div>
  );
}
