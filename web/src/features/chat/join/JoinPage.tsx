import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { describe } from "~/api/describe";
import { Problem } from "~/api/problem";
import type { Invitation } from "~/api/types";
import { usePerson } from "~/api/usePerson";
import { useFormat } from "~/i18n/format";
import { preferences } from "~/preferences/store";
import { Button } from "~/ui/Button";
import { EmptyState } from "~/ui/EmptyState";
import { ErrorMessage } from "~/ui/ErrorMessage";
import { Skeleton } from "~/ui/Loading";
import { Page } from "~/ui/Page";
import { useFragment } from "~/ui/useFragment";
import { Refused } from "../Refused";
import { learn, now } from "../store/rooms";
import { enterByLink, lookAtInvitation } from "../store/server";

/** Where a link into a room leads: says which room it is and who asks, and comes in when a button is pressed. */
export default function JoinPage() {
  const { t } = useTranslation("chat");
  const token = useFragment();
  return (
    <Page title={t("join.title")}>
      {token ? (
        <Invited key={token} token={token} />
      ) : (
        <Over title={t("join.none")}>{t("join.noneSentence")}</Over>
      )}
    </Page>
  );
}

function Invited({ token }: Readonly<{ token: string }>) {
  const { t } = useTranslation("chat");
  const looked = useQuery({
    queryKey: ["invitation", token],
    queryFn: () => lookAtInvitation(token),
    staleTime: 0,
  });
  if (looked.data) return <Room token={token} invitation={looked.data} />;
  if (looked.isPending) return <Skeleton height="16rem" />;
  const { error } = looked;
  // 422 is an invitation that leads nowhere (any more), 403 that somebody was sent out.
  if (error instanceof Problem && [403, 422].includes(error.details.status))
    return <Over title={t("join.over")}>{describe(error).sentence}</Over>;
  return <ErrorMessage error={error} onRetry={() => void looked.refetch()} />;
}

function Over({ title, children }: Readonly<{ title: string; children: ReactNode }>) {
  const { t } = useTranslation("chat");
  return (
    <EmptyState
      icon="warning"
      title={title}
      actions={
        <Button variant="contained" to="/chat">
          {t("join.lobby")}
        </Button>
      }
    >
      <p>{children}</p>
    </EmptyState>
  );
}

function Room({ token, invitation }: Readonly<{ token: string; invitation: Invitation }>) {
  const { t } = useTranslation("chat");
  const format = useFormat();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const me = usePerson()?.name ?? preferences().name;
  const { room, name, kind, members, invitedBy, expiresAt, joined } = invitation;
  const enter = useMutation({
    mutationFn: () => enterByLink(token),
    onSuccess: (entered) => {
      learn([entered], now());
      void queries.invalidateQueries({ queryKey: ["chat"] });
      void navigate(`/chat/${entered._id}`, { replace: true });
    },
  });
  return (
    <EmptyState
      icon="people"
      title={name}
      actions={
        joined ? (
          <Button variant="contained" to={`/chat/${room}`} replace>
            {t("join.toRoom")}
          </Button>
        ) : (
          <>
            <Button variant="contained" busy={enter.isPending} onClick={() => enter.mutate()}>
              {t("join.enter")}
            </Button>
            <Button to="/chat">{t("join.no")}</Button>
          </>
        )
      }
    >
      <p>
        {[t(`join.kind.${kind}`), t("join.members", { count: members })].join(" · ")}
        <br />
        {invitedBy ? t("join.by", { name: invitedBy }) : t("join.byNobody")}
      </p>
      {joined ? (
        <p>{t("join.joined")}</p>
      ) : (
        <>
          <p>{me ? t("join.asWhom", { name: me }) : t("join.asGuest")}</p>
          <p>{t("join.until", { date: format.moment(expiresAt) })}</p>
        </>
      )}
      {enter.isError && <Refused error={enter.error} />}
    </EmptyState>
  );
}
