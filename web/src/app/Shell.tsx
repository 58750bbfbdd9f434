import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { Feature } from "~/features/feature";
import { Announcer } from "~/ui/announce";
import { Toasts } from "~/ui/toast";
import { Navigation } from "./Navigation";
import { OfflineBanner } from "./OfflineBanner";
import styles from "./Shell.module.css";

type Props = Readonly<{ features: readonly Feature[]; children: ReactNode }>;

/** What is around every page: navigation, banners, toasts. */
export function Shell({ features, children }: Props) {
  const { t } = useTranslation();
  return (
    <div className={styles.shell}>
      <a className={styles.skip} href="#main">
        {t("skip")}
      </a>
      <Navigation features={features} />
      <main id="main" tabIndex={-1} className={styles.main}>
        <OfflineBanner />
        {children}
      </main>
      <Toasts />
      <Announcer />
    </div>
  );
}
