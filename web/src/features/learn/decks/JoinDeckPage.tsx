import { useMutation, useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { useLocation, useNavigate } from "react-router";
import { describe } from "~/api/describe";
import { usePerson } from "~/api/usePerson";
import { preferences } from "~/preferences/store";
import { Button } from "~/ui/Button";
import { EmptyState } from "~/ui/EmptyState";
import { ErrorMessage } from "~/ui/ErrorMessage";
import { Skeleton } from "~/ui/Loading";
import { Page } from "~/ui/Page";
import { learns } from "../badge/badge";
import { joinDeck, sharedDeck } from "./server";
import { useForget } from "./useForget";
import styles from "./decks.module.css";

/** Where a link to a deck leads: says what it is, and does nothing before a button is pressed. */
export default function JoinDeckPage() {
  const { t } = useTranslation("decks");
  const token = useToken();
  const deck = useQuery({
    queryKey: ["learn", "shared", token],
    queryFn: () => sharedDeck(token),
    enabled: token !== "",
  });
  return (
    <Page title={t("join.title")}>
      {token === "" && (
        <EmptyState icon="warning" title={t("join.none")} actions={<Button to="/learn">{t("today")}</Button>}>
          <p>{t("join.noneSentence")}</p>
        </EmptyState>
      )}
      {token !== "" && deck.isPending && <Skeleton height="12rem" />}
      {deck.isError && <ErrorMessage error={deck.error} onRetry={() => void deck.refetch()} />}
      {deck.data && <Question token={token} name={deck.data.name} count={deck.data.cards} />}
    </Page>
  );
}

function Question({ token, name, count }: Readonly<{ token: string; name: string; count: number }>) {
  const { t } = useTranslation("decks");
  const navigate = useNavigate();
  const forget = useForget();
  const me = usePerson()?.name ?? preferences().name;
  const join = useMutation({
    mutationFn: () => joinDeck(token, me ?? null),
    onSuccess: (deck) => {
      learns();
      forget();
      void navigate(`/learn/decks/${deck.id}`, { replace: true });
    },
  });
  return (
    <EmptyState
      icon="cards"
      title={name}
      actions={
        <>
          <Button
            variant="contained"
            busy={join.isPending}
            onClick={() => {
              join.mutate();
            }}
          >
            {t("join.join")}
          </Button>
          <Button to="/learn">{t("join.no")}</Button>
        </>
      }
    >
      <p>{t("join.sentence", { count })}</p>
      {me && <p>{t("join.asWhom", { name: me })}</p>}
      {join.isError && (
        <p className={styles.refused} role="alert">
          {describe(join.error).sentence}
        </p>
      )}
    </EmptyState>
  );
}

/** The secret after the `#` of the link, "" for none. It leaves the address bar at once. */
function useToken(): string {
  const { hash, pathname } = useLocation();
  const navigate = useNavigate();
  const [token, setToken] = useState(hash.slice(1));
  if (hash && hash.slice(1) !== token) setToken(hash.slice(1)); // another link, opened in the same tab
  useEffect(() => {
    if (hash) void navigate(pathname, { replace: true });
  }, [hash, navigate, pathname]);
  return token;
}
