import { useMutation, useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { describe } from "~/api/describe";
import type { OfferedClass } from "~/api/types";
import { usePerson } from "~/api/usePerson";
import { useFormat } from "~/i18n/format";
import { Button } from "~/ui/Button";
import { EmptyState } from "~/ui/EmptyState";
import { ErrorMessage } from "~/ui/ErrorMessage";
import { Skeleton } from "~/ui/Loading";
import { Page } from "~/ui/Page";
import { useFragment } from "~/ui/useFragment";
import { acceptClass, offeredClass } from "./server";
import styles from "./class.module.css";

/** Where a link leads by which a class is handed over: says which, and does nothing before a button is pressed. */
export default function TakePage() {
  const { t } = useTranslation("class");
  const token = useFragment();
  const offered = useQuery({
    queryKey: ["learn", "class offered", token],
    queryFn: () => offeredClass(token),
    enabled: token !== "",
    retry: false,
  });
  return (
    <Page title={t("take.title")}>
      {token === "" && (
        <EmptyState
          icon="warning"
          title={t("take.none")}
          actions={<Button to="/learn/class">{t("take.toClasses")}</Button>}
        >
          <p>{t("take.noneSentence")}</p>
        </EmptyState>
      )}
      {token !== "" && offered.isPending && <Skeleton height="12rem" />}
      {offered.isError && <ErrorMessage error={offered.error} onRetry={() => void offered.refetch()} />}
      {offered.data && <Question token={token} offered={offered.data} />}
    </Page>
  );
}

function Question({ token, offered }: Readonly<{ token: string; offered: OfferedClass }>) {
  const { t } = useTranslation("class");
  const { day } = useFormat();
  const hasAccount = usePerson()?.kind === "account";
  const accept = useMutation({ mutationFn: () => acceptClass(token) });
  if (accept.data)
    return (
      <EmptyState
        icon="check"
        title={t("take.accepted")}
        actions={
          <Button variant="contained" to="/learn/class">
            {t("take.toClasses")}
          </Button>
        }
      >
        <p role="status">
          <strong>{t("take.as", accept.data)}</strong>
        </p>
        <p>{t("take.tell")}</p>
      </EmptyState>
    );
  return (
    <EmptyState
      icon="people"
      title={offered.name}
      actions={
        hasAccount ? (
          <>
            <Button
              variant="contained"
              busy={accept.isPending}
              onClick={() => {
                accept.mutate();
              }}
            >
              {t("take.accept")}
            </Button>
            <Button to="/learn/class">{t("take.no")}</Button>
          </>
        ) : (
          <>
            <Button variant="contained" to="/account/sign-in">
              {t("take.signIn")}
            </Button>
            <Button to="/account/register">{t("guest.account")}</Button>
          </>
        )
      }
    >
      <p>
        {t("take.from", { name: offered.teacher, day: day(offered.ends_on) })}{" "}
        {t("take.pupils", { count: offered.pupils })}
      </p>
      {!hasAccount && <p>{t("take.needsAccount")}</p>}
      {accept.isError && (
        <p className={styles.refused} role="alert">
          {describe(accept.error).sentence}
        </p>
      )}
    </EmptyState>
  );
}
