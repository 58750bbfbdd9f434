import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Mui } from "~/design/Mui";
import { Button } from "~/ui/Button";
import { EmptyState } from "~/ui/EmptyState";
import { Page } from "~/ui/Page";

type Props = Readonly<{
  title: string;
  /** The link's secret; without one there is nothing to do here. */
  token: string;
  /** What was done, once it was. */
  done: string | null;
  children: ReactNode;
}>;

/** A page that a mail leads to. Nothing happens before a button is pressed: programs that look through mail open links. */
export function LinkPage({ title, token, done, children }: Props) {
  const { t } = useTranslation("account");
  return (
    <Page title={title}>
      {done ? (
        <EmptyState
          icon="check"
          title={done}
          actions={
            <Button variant="contained" to="/account">
              {t("link.on")}
            </Button>
          }
        />
      ) : token ? (
        <Mui>{children}</Mui>
      ) : (
        <EmptyState icon="warning" title={t("link.none")}>
          <p>{t("link.noneSentence")}</p>
        </EmptyState>
      )}
    </Page>
  );
}
