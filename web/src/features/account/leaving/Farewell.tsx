import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import type { Person } from "~/api/types";
import { useFormat } from "~/i18n/format";
import { Button } from "~/ui/Button";
import { EmptyState } from "~/ui/EmptyState";
import styles from "./leaving.module.css";

/** Who left, and until when signing in brings them back. */
export type Left = Readonly<{ kind: Person["kind"]; erasedAt: string }>;

export function Farewell({ left: { kind, erasedAt } }: Readonly<{ left: Left }>) {
  const { t } = useTranslation("account");
  const { moment } = useFormat();
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => place.current?.focus(), []); // the pressed button is gone
  return (
    <div ref={place} tabIndex={-1}>
      <EmptyState
        icon="check"
        title={t("farewell.title")}
        actions={
          <Button variant="contained" to="/">
            {t("farewell.home")}
          </Button>
        }
      >
        <div className={styles.stack}>
          <p>
            {kind === "guest" ? t("farewell.guest") : t("farewell.account", { moment: moment(erasedAt) })}
          </p>
          <p>{t("farewell.device")}</p>
        </div>
      </EmptyState>
    </div>
  );
}
